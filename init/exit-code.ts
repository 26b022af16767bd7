/** What the process tells its caller. */
export const exitCode = {
  done: 0,
  /** A defect of this program: none of the outcomes below. */
  unexpected: 1,
  /** Bad flags, variables or configuration; nothing was touched. */
  usage: 2,
  /** verify: there are rules, and they are not the wanted ones. */
  drift: 3,
  /** verify: there are no rules of ours. */
  absent: 4,
  /**
   * The kernel, or the tool in front of it, refused, and what had been applied was rolled back; or another run holds the
   * lock, and nothing was touched.
   */
  refused: 5,
  /** The rules are in place, and a connection did not go where they should take it. */
  validationFailed: 6,
  /** The proxy did not become ready in time; nothing was touched. */
  proxyNotReady: 7,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
