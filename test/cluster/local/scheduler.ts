import { join } from 'node:path';
import type { Component } from './component.ts';
import type { Layout } from './layout.ts';

export function scheduler(layout: Layout, programs: string): Component {
  return {
    name: 'kube-scheduler',
    program: join(programs, 'kube-scheduler'),
    files: {},
    args: [
      `--kubeconfig=${join(layout.config, 'kube-scheduler.kubeconfig')}`,
      '--bind-address=127.0.0.1',
      // There is no second instance to elect against, and waiting for the lease costs seconds.
      '--leader-elect=false',
    ],
  };
}
