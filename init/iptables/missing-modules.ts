/** What programs say when the kernel does not know a match, a target or a table: ENOENT, EPROTONOSUPPORT, or plainly. */
const signs =
  /missing kernel module|No such file or directory|No chain\/target\/match|not supported|do you need to insmod/i;

/** By what stands in a rule of nft: meta needs nothing beside nf_tables itself. */
const nftModules: readonly (readonly [RegExp, string])[] = [
  [/\bredirect\b/, 'nft_redir'],
  [/\btproxy\b/, 'nft_tproxy'],
  [/\bct (state|direction|mark|original zone)\b/, 'nft_ct'],
  [/\breject\b/, 'nft_reject_inet'],
  [/\bsnat\b/, 'nft_nat'],
  [/\bfib\b/, 'nft_fib_inet'],
  [/\btype nat\b/, 'nft_chain_nat'],
  [/\btable inet\b/, 'nf_tables_inet'],
];

/**
 * The kernel modules that are likely to be missing, going by what a program said (`words`) about its input: of the
 * line that it names, or else of the extension. Empty when it complains of something else.
 */
export function missingModules(command: string, words: string, input: string): readonly string[] {
  if (!signs.test(words)) return [];
  if (command === 'nft') {
    // It shows each line that the kernel refused.
    return nftModules.filter(([pattern]) => pattern.test(words)).map(([, module]) => module);
  }
  const table = /table [`'"]?(\w+)[`'"]?/.exec(words)?.[1];
  const [, number] = /line:? (\d+)/.exec(words) ?? [];
  const line = number === undefined ? '' : (input.split('\n')[Number(number) - 1] ?? '');
  const extensions = [...line.matchAll(/-m (\w+)|-j ([A-Z]+)(?= |$)/g)].flatMap(
    ([, match, target]) => match ?? target ?? [],
  );
  const named = [...words.matchAll(/Extension (\w+) revision/g)].flatMap(([, name]) => name ?? []);
  const modules = new Set(
    [...named, ...extensions]
      .filter((name) => !verdicts.has(name))
      .map((name) => `xt_${name.endsWith('MARK') ? name.toLowerCase() : name}`),
  );
  if (modules.size > 0) return [...modules];
  return table === undefined ? [] : [`${command.startsWith('ip6') ? 'ip6table' : 'iptable'}_${table}`];
}

const verdicts = new Set(['RETURN', 'ACCEPT', 'DROP']);
