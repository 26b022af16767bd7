/** Bad usage or bad input: nothing was done. */
export const badUsage = 2;

/** Of `check`: the webhook would deny a pod. */
export const wouldBeDenied = 1;
