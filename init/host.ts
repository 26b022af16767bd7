import { existsSync, readFileSync } from 'node:fs';
import type { Cidr } from '../settings/cidr.ts';
import { parseResolvers } from './rules/resolvers.ts';

/** The DNS servers of this host, which are the pod's: the kubelet gives all of its containers the same file. */
export function readResolvers(): readonly Cidr[] {
  try {
    return parseResolvers(readFileSync('/etc/resolv.conf', 'utf8'));
  } catch {
    // A pod without the file has no resolver that could be let through.
    return [];
  }
}

/** Whether this network namespace has an interface of that name, up or down. */
export const hasInterface = (name: string): boolean => existsSync(`/sys/class/net/${name}`);
