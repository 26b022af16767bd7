/** One program of the node, as plain data: what to write before it starts, and how to start it. */
export interface Component {
  readonly name: string;
  /** A path, or a name to be found on PATH. */
  readonly program: string;
  readonly args: readonly string[];
  /** Configuration files, contents by path. */
  readonly files: Readonly<Record<string, string>>;
}
