import { prefix } from '../../settings/names.ts';

export const proxyContainer = 'outrider-proxy';
export const initContainer = 'outrider-init';
export const runVolume = 'outrider-run';
export const statusAnnotation = `${prefix}status`;

/** Where the proxy alone mounts {@link runVolume}. */
export const runFolder = '/run/outrider';

export const reservedContainers: readonly string[] = [proxyContainer, initContainer];
