import { prefix } from '../../settings/names.ts';

export const proxyContainer = 'outrider-proxy';
export const initContainer = 'outrider-init';
export const runVolume = 'outrider-run';
export const statusAnnotation = `${prefix}status`;

/** Where the proxy alone mounts {@link runVolume}. */
export const runFolder = '/run/outrider';

/** Where the ServiceAccount admission plugin mounts the token, in every container (plugin/pkg/admission/serviceaccount). */
export const tokenFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

export const reservedContainers: readonly string[] = [proxyContainer, initContainer];
