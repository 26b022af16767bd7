import { Writable } from 'node:stream';
import { expect } from 'chai';
import { pino } from 'pino';
import { type ForeignKeys, foreignKeysOf, noForeignKeys } from '../../../webhook/decision/published.ts';
import { type ConfigKeeper, keepConfig } from '../../../webhook/server/config-keeper.ts';

function keep(foreign?: () => ForeignKeys): {
  keeper: ConfigKeeper;
  lines: () => object[];
  observed: boolean[];
} {
  const log: string[] = [];
  const observed: boolean[] = [];
  const stream = new Writable({
    write(line, _encoding, done) {
      log.push(`${line}`);
      done();
    },
  });
  const metrics = { observeConfig: (taken: boolean) => void observed.push(taken) };
  const keeper = keepConfig(metrics, pino({ base: null, timestamp: false }, stream), ['ipv4'], {
    ...(foreign && { foreign }),
  });
  return { keeper, observed, lines: () => log.map((line) => JSON.parse(line)) };
}

const cpuOf = (keeper: ConfigKeeper): string | undefined =>
  keeper.inForce()?.layer.values.find(({ key }) => key === 'proxy-cpu')?.text;

const problem =
  'ConfigMap outrider-config proxy-cpu: "lots" is not valid: expected a quantity greater than zero, such as 100m or 128Mi';

describe('the configuration in force', () => {
  it('is the newest good version: a bad one is refused as a whole, and the one before stays', () => {
    const { keeper, observed } = keep();
    expect(keeper.take({ 'proxy-cpu': '50m' })).to.deep.equal([]);
    expect(keeper.take({ 'proxy-cpu': 'lots', 'proxy-memory': '32Mi' })).to.deep.equal([problem]);
    expect(cpuOf(keeper)).to.equal('50m');
    expect(keeper.inForce()?.layer.values).to.have.lengthOf(1);
    expect(keeper.take({ 'proxy-cpu': '60m' })).to.deep.equal([]);
    expect(cpuOf(keeper)).to.equal('60m');
    expect(observed).to.deep.equal([true, false, true]);
  });

  it('is taken again when it comes to be known what others know', () => {
    let foreign = noForeignKeys;
    const { keeper, lines } = keep(() => foreign);
    const data = { shiny: 'yes', 'proxy-cpu': '50m' };
    expect(keeper.take(data)).to.have.lengthOf(1);
    expect(keeper.inForce()).to.equal(undefined);
    foreign = foreignKeysOf([{ version: '9.0.0', revision: undefined, keys: ['shiny'] }]);
    keeper.takeAgain();
    expect(cpuOf(keeper)).to.equal('50m');
    expect(JSON.stringify(lines().at(-1))).to.include(
      'outrider.io/shiny is known to Outrider 9.0.0 without a revision, and ignored by this one',
    );
  });

  it('is the defaults where there is no ConfigMap, or none any more', () => {
    const { keeper } = keep();
    keeper.take(undefined);
    expect(keeper.inForce()?.layer.values).to.deep.equal([]);
    keeper.take({ 'proxy-cpu': '50m' });
    keeper.take(undefined);
    expect(keeper.inForce()?.layer.values).to.deep.equal([]);
  });

  it('is none while there has been no good version: nobody knows what the cluster wants', () => {
    const { keeper } = keep();
    expect(keeper.inForce()).to.equal(undefined);
    keeper.take({ 'proxy-cpu': 'lots' });
    expect(keeper.inForce()).to.equal(undefined);
  });

  it('is told in the log, with the key, the value and the remedy of what is refused', () => {
    const { keeper, lines } = keep();
    keeper.take({ 'proxy-cpu': 'lots' });
    keeper.take({ 'proxy-cpu': '50m' });
    keeper.take({ 'proxy-cpu': 'lots' });
    expect(lines()).to.deep.equal([
      { level: 50, problems: problem, inForce: 'none', msg: 'configuration refused' },
      { level: 30, keys: ['proxy-cpu'], msg: 'configuration taken' },
      { level: 50, problems: problem, inForce: 'the version before', msg: 'configuration refused' },
    ]);
  });

  it('is told to have no effect where it has none: the pods, which did not write it, are not', () => {
    const { keeper, lines } = keep();
    expect(keeper.take({ 'exclude-outbound-cidrs': '10.0.0.0/8,fd00::/8' })).to.deep.equal([]);
    expect(lines().at(-1)).to.deep.equal({
      level: 40,
      problems:
        'ConfigMap outrider-config exclude-outbound-cidrs: fd00::/8 has no effect: ipv6 is not captured',
      msg: 'configuration without effect in part',
    });
  });
});
