/* Day weights and rules in; every marginal out: the straight loops of a program that knows the shape of its problem. */

#include <stdlib.h>
#include <string.h>

/* x[0] <= x[1] <= ...: `weights` and `marginals` have a row an event. */
int chain(int events, int days, const double *weights, double *marginals) {
    double *ahead = malloc(sizeof(double) * events * days), *behind = malloc(sizeof(double) * days);
    if (!ahead || !behind) return 1;
    for (int d = 0; d < days; d++) ahead[(size_t)(events - 1) * days + d] = 1;
    for (int i = events - 1; i > 0; i--) {
        const double *from = ahead + (size_t)i * days;
        const double *weight = weights + (size_t)i * days;
        double *to = ahead + (size_t)(i - 1) * days, sum = 0;
        for (int d = days - 1; d >= 0; d--) to[d] = sum += weight[d] * from[d];
        double scale = 1 / sum;
        for (int d = 0; d < days; d++) to[d] *= scale;
    }
    for (int d = 0; d < days; d++) behind[d] = 1;
    for (int i = 0; i < events; i++) {
        const double *from = ahead + (size_t)i * days;
        const double *weight = weights + (size_t)i * days;
        double *out = marginals + (size_t)i * days;
        double total = 0, sum = 0;
        for (int d = 0; d < days; d++) {
            double here = weight[d] * behind[d];
            total += here * from[d];
            out[d] = here * from[d];
            behind[d] = sum += here;
        }
        double scale = 1 / total;
        double shrink = 1 / sum;
        for (int d = 0; d < days; d++) {
            out[d] *= scale;
            behind[d] *= shrink;
        }
    }
    free(ahead);
    free(behind);
    return 0;
}

/* The same where all days are alike, for chains of any length: what the messages of `chain` hold spans thousands of decades,
   the ratios here do not. stay[i][d] is the probability that x[i] = d, given x[i - 1] <= d <= x[i]. */
int long_chain(int events, int days, double *marginals) {
    double *stay = malloc(sizeof(double) * events * days), *stayed = malloc(sizeof(double) * days);
    if (!stay || !stayed) return 1;
    for (int d = 0; d < days; d++) stayed[d] = 1.0 / (days - d);
    memcpy(stay + (size_t)(events - 1) * days, stayed, sizeof(double) * days);
    for (int i = events - 2; i >= 0; i--) {
        const double *next = stay + (size_t)(i + 1) * days;
        double *own = stay + (size_t)i * days, sum = 0;
        /* sum: the weight of all later days, as a multiple of this day's. */
        for (int d = days - 1; d >= 0; d--) {
            sum = 1 + sum * (1 - next[d]);
            own[d] = 1 / sum;
        }
    }
    for (int i = 0; i < events; i++) {
        const double *own = stay + (size_t)i * days, *before = marginals + (size_t)(i - 1) * days;
        double *out = marginals + (size_t)i * days, flow = i == 0 ? 1 : 0;
        for (int d = 0; d < days; d++) {
            if (i > 0) flow += before[d];
            out[d] = flow * own[d];
            flow *= 1 - own[d];
        }
    }
    free(stay);
    free(stayed);
    return 0;
}

/* to[y] = the sum of from[x] over x in y + first ..= y + last, scaled to a greatest entry of 1. */
static void window(int days, int first, int last, const double *from, double *to, double *sums) {
    double greatest = 0;
    sums[0] = 0;
    for (int d = 0; d < days; d++) sums[d + 1] = sums[d] + from[d];
    for (int d = 0; d < days; d++) {
        int low = d + first, high = d + last + 1;
        low = low < 0 ? 0 : low > days ? days : low;
        high = high < 0 ? 0 : high > days ? days : high;
        to[d] = sums[high] - sums[low];
        greatest = to[d] > greatest ? to[d] : greatest;
    }
    for (int d = 0; d < days; d++) to[d] /= greatest;
}

/* Event i > 0 has an earlier neighbour parent[i], and first[i] <= x[parent[i]] - x[i] <= last[i]. */
int tree(int events, int days, const double *weights, const int *parent, const int *first, const int *last,
         double *marginals) {
    size_t cells = (size_t)events * days;
    double *message = malloc(sizeof(double) * cells), *sums = malloc(sizeof(double) * (days + 1));
    double *rest = malloc(sizeof(double) * days), *down = malloc(sizeof(double) * days);
    if (!message || !sums || !rest || !down) return 1;
    memcpy(marginals, weights, sizeof(double) * cells);
    for (int i = events - 1; i > 0; i--) {
        double *own = message + (size_t)i * days, *above = marginals + (size_t)parent[i] * days;
        window(days, -last[i], -first[i], marginals + (size_t)i * days, own, sums);
        for (int d = 0; d < days; d++) above[d] *= own[d];
    }
    for (int i = 0; i < events; i++) {
        double *belief = marginals + (size_t)i * days, total = 0;
        if (i > 0) {
            const double *own = message + (size_t)i * days, *above = marginals + (size_t)parent[i] * days;
            /* Where a message is 0 no day of the child fits, so that what stands there is never asked for. */
            for (int d = 0; d < days; d++) rest[d] = own[d] > 0 ? above[d] / own[d] : 0;
            window(days, first[i], last[i], rest, down, sums);
            for (int d = 0; d < days; d++) belief[d] *= down[d];
        }
        for (int d = 0; d < days; d++) total += belief[d];
        for (int d = 0; d < days; d++) belief[d] /= total;
    }
    free(message);
    free(sums);
    free(rest);
    free(down);
    return 0;
}
