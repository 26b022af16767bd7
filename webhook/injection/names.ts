import { prefix } from '../../settings/names.ts';

export const proxyContainer = 'outrider-proxy';
export const initContainer = 'outrider-init';
export const runVolume = 'outrider-run';
export const statusAnnotation = `${prefix}status`;

/** Written by the offline `inject` alone: how what it filled was written when it was empty, for the way back. */
export const originalAnnotation = `${prefix}original`;

/** Where the proxy alone mounts {@link runVolume}. */
export const runFolder = '/run/outrider';

export const reservedContainers: readonly string[] = [proxyContainer, initContainer];
