/** Bad usage or bad input: nothing was done. */
export const badUsage = 2;
