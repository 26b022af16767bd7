import { logLevels } from '../../settings/settings.ts';
import { type Fate, toWord } from './fate.ts';

/** Envoy's own, of which one has two names. */
export const envoyLogLevels: Readonly<Record<string, string>> = {
  ...Object.fromEntries(logLevels.map((level) => [level, level])),
  warn: 'warning',
};

/** `NONE` is told by itself; here it is one of the words that are expected. */
const modes = toWord('redirect-mode', { REDIRECT: 'redirect', TPROXY: 'tproxy', NONE: '' });

export const interceptionModes = (text: string): readonly Fate[] =>
  text === 'NONE'
    ? [
        {
          kind: 'no-equivalent',
          why: 'a proxy to which nothing is redirected has nothing to do: leave it out with the label outrider.io/inject=false',
        },
      ]
    : modes(text, { labels: {}, annotations: {} });
