import { expect } from 'chai';
import type { Endpoint } from '../../../init/trace/flags.ts';
import { listeningAt, parseSocketTable, socketTowards } from '../../../init/validate/socket-table.ts';
import { addressBlock } from '../../../settings/block.ts';

function end(text: string, port: number): Endpoint {
  const address = addressBlock(text);
  if (address === undefined) throw new Error(`${text} is not an address`);
  return { address, port };
}

/** 0x3a99 is 15001, 0x3aa2 15010, 0x1f90 8080, 0x9c40 40000. */
const table =
  parseSocketTable(`  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:3A99 00000000:0000 0A 00000000:00000000 00:00000000 00000000 51337        0 24566 1
   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 24567 1
   3: 0100007F:3A99 010200C0:9C40 03 00000000:00000000 01:00000063 00000000     0        0 0 1
  sl  local_address                         remote_address                        st tx_queue
   0: 00000000000000000000000000000000:3AA2 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
   1: 0000000000000000FFFF00000100007F:3AA2 0000000000000000FFFF0000010200C0:9C41 08 00000000:00000000 00:00000000
   2: 00000000000000000000000001000000:3A99 B80D0120000000000000000001000000:9C40 06 00000000:00000000 03:00001758
`);

describe('The table of sockets', () => {
  it('is read in both families, also where IPv4 is in that of IPv6', () => {
    expect(
      table.map(({ local, remote }) => [local.address.text, local.port, remote.address.text]),
    ).to.deep.equal([
      ['0.0.0.0', 15001, '0.0.0.0'],
      ['127.0.0.1', 8080, '0.0.0.0'],
      ['127.0.0.1', 15001, '192.0.2.1'],
      ['::', 15010, '::'],
      ['127.0.0.1', 15010, '192.0.2.1'],
      ['::1', 15001, '2001:db8::1'],
    ]);
  });

  it('tells who has a connection, by the address and port of who made it', () => {
    expect(socketTowards(table, end('192.0.2.1', 40000))?.local).to.deep.equal(end('127.0.0.1', 15001));
    expect(socketTowards(table, end('2001:db8::1', 40000))?.local).to.deep.equal(end('::1', 15001));
    expect(socketTowards(table, end('192.0.2.9', 40000))).to.equal(undefined);
  });

  it('tells who listens at an address, and who may', () => {
    const ipv4 = listeningAt(table, end('10.0.0.1', 0).address);
    expect([...ipv4.certain]).to.deep.equal([15001]);
    expect([...ipv4.possible]).to.deep.equal([15001, 15010]);
    const ipv6 = listeningAt(table, end('2001:db8::5', 0).address);
    expect([...ipv6.certain]).to.deep.equal([15010]);
  });
});
