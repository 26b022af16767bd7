import { etcdPort } from './addresses.ts';
import type { Component } from './component.ts';
import type { Layout } from './layout.ts';

/** Plain HTTP on the loopback of the node's own network namespace: nobody but the node is there. */
export const etcdUrl = `http://127.0.0.1:${etcdPort}`;

export function etcd(layout: Layout): Component {
  return {
    name: 'etcd',
    program: 'etcd',
    files: {},
    args: [
      `--data-dir=${layout.etcd}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      '--listen-peer-urls=http://127.0.0.1:0',
      // A power failure may take the cluster with it. Without this, each write waits for the disk.
      '--unsafe-no-fsync',
    ],
  };
}
