/** Bad usage or bad input: nothing was done. */
export const badUsage = 2;

/** Of `check`: the webhook would deny a pod. */
export const wouldBeDenied = 1;

/** Of `status`: there is something that a person should do. */
export const notWell = 1;
