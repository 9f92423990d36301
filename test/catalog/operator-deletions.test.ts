import { describe, expect, it } from 'vitest';
import {
  deletesBase,
  deletesByComponent,
  leavesBehind,
  switchesGatewaysOff,
} from '../../src/catalog/operator-deletions.js';

const operator = (version: string) => ({ version, install: 'operator' }) as const;

// Each pair is the last release that does, and the first that does not (or the other way round), in istio/istio.
describe('what an operator does when an IstioOperator is deleted', () => {
  it.each([
    ['1.9.0', true],
    ['1.9.5', true],
    ['1.9.9', true],
    ['1.10.0-rc.1', true],
    ['1.10.5', true],
    ['1.10.6-rc.1', true],
    ['1.10.6', false],
    ['1.11.0-beta.0', true],
    ['1.11.0', true],
    ['1.11.4', true],
    ['1.11.5', false],
    ['1.12.0', true],
    ['1.12.6', true],
    ['1.12.7', false],
    ['1.13.0', false],
    ['1.23.6', false],
  ])('%s leaves behind what it made: %s', (version, does) => {
    expect(leavesBehind(operator(version))).toBe(does);
    expect(switchesGatewaysOff({ ...operator(version), gateways: 'operator' })).toBe(does);
    expect(switchesGatewaysOff({ ...operator(version), gateways: 'injected' })).toBe(false);
    expect(leavesBehind({ version, install: 'helm' })).toBe(false);
  });

  it.each([
    ['1.9.5', true],
    ['1.14.5', true],
    ['1.14.6', false],
    ['1.15.3', true],
    ['1.15.4', false],
    ['1.16.0', false],
  ])('%s deletes other gateways of the component too: %s', (version, does) => {
    expect(deletesByComponent(operator(version))).toBe(does);
  });

  it.each([
    ['1.9.9', true],
    ['1.10.0', false],
  ])('%s deletes what base made: %s', (version, does) => {
    expect(deletesBase(operator(version))).toBe(does);
  });
});
