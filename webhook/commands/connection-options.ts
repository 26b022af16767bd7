import type { Command } from 'commander';

/** Which cluster is talked to: the flags of kubectl. */
export interface ConnectionOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

export const addConnectionOptions = (command: Command): Command =>
  command
    .option('--kubeconfig <file>', 'kubeconfig (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <context>', 'context of the kubeconfig (default: its current one)');
