import { describe, expect, it } from 'vitest';
import { type GatewayKindName, gatewayKindNames, type Mesh } from '../../src/model/mesh.js';
import { checkEdit } from '../../src/policy/edits.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { edited, of } from '../support/broken-meshes.js';

const withGateways = (version: string, gatewayInstall?: 'operator') =>
  aMesh({ version, gatewayInstall, gateways: gatewayKindNames });

/** What is said when a gateway leaves. */
function said(mesh: Mesh, kind: GatewayKindName): string[] {
  const name = `istio-${kind === 'eastwest' ? 'eastwest' : kind}gateway`;
  const after = edited(mesh, (draft) => {
    delete draft.gateways[name];
    delete of(draft.clusters, 'production').serves[name];
  });
  return checkEdit(mesh, after)
    .filter(({ rule }) => rule === 'gateway-not-off')
    .map(({ message, fix }) => `${message} ${fix}`);
}

describe('a gateway that leaves while its operator makes it', () => {
  it('would take the others of its component along, and the way out names its IstioOperator', () => {
    const [text, ...others] = said(withGateways('1.13.9', 'operator'), 'eastwest');
    expect(others).toStrictEqual([]);
    expect(text).toContain('the pods of istio-ingressgateway too');
    expect(text).toContain('name: istio-eastwestgateway-1-13-9');
    expect(text).toContain('"/spec/components/ingressGateways/0/enabled", "value": false');
  });

  it('may go where it is alone in its component, where the operator deletes by owner, and where no operator makes it', () => {
    expect(said(withGateways('1.13.9', 'operator'), 'egress')).toStrictEqual([]);
    expect(said(withGateways('1.16.7', 'operator'), 'eastwest')).toStrictEqual([]);
    expect(said(withGateways('1.13.9'), 'eastwest')).toStrictEqual([]);
  });

  it('would leave its pods behind, also alone, and in each revision that has them', () => {
    const both = upgraded(withGateways('1.9.5'), '1.10.3', 'blend', 'operator');
    expect(said(both, 'egress')).toHaveLength(2);
    expect(said(both, 'egress').join()).toContain('/spec/components/egressGateways/0/enabled');
    const one = upgraded(withGateways('1.9.5'), '1.10.3', 'cut');
    expect(said(one, 'egress')).toHaveLength(1);
    const off = edited(upgraded(withGateways('1.9.5'), '1.10.3', 'default'), (draft) => {
      of(draft.clusters, 'production').retiring = { '1-9-5': 'gateway-pods' };
    });
    expect(said(off, 'egress')).toStrictEqual([]);
  });
});

describe('a gateway that leaves with its namespace', () => {
  const own = (version: string, gatewayInstall?: 'operator') =>
    edited(withGateways(version, gatewayInstall), ({ gateways }) => {
      of(gateways, 'istio-egressgateway').namespace = 'calls-out';
    });

  it('would have an IstioOperator that no operator watches any more', () => {
    const [text, ...others] = said(own('1.16.7', 'operator'), 'egress');
    expect(others).toStrictEqual([]);
    expect(text).toContain(
      'no operator watches its namespace calls-out any more: IstioOperator istio-egressgateway-1-16-7',
    );
    expect(text).toContain('"metadata": {"name": "istio-egressgateway-1-16-7"}, "$patch": "delete"');
  });

  it('is told of both where its operator would leave the pods behind, too', () => {
    expect(said(own('1.9.5'), 'egress')).toStrictEqual([
      expect.stringContaining('leaves the pods behind'),
      expect.stringContaining('no operator watches its namespace'),
    ]);
    const off = edited(upgraded(own('1.9.5'), '1.10.3', 'default'), (draft) => {
      of(draft.clusters, 'production').retiring = { '1-9-5': 'gateway-pods' };
    });
    expect(said(off, 'egress')).toStrictEqual([expect.stringContaining('istio-egressgateway-1-9-5 would wait')]);
  });

  it('may go where no operator makes it, and where another gateway keeps the namespace', () => {
    expect(said(own('1.16.7'), 'egress')).toStrictEqual([]);
    const kept = edited(own('1.16.7', 'operator'), ({ gateways }) => {
      of(gateways, 'istio-eastwestgateway').namespace = 'calls-out';
    });
    expect(said(kept, 'egress')).toStrictEqual([]);
  });
});

describe('an edit by hand of what retires', () => {
  const done = upgraded(aMesh(), '1.10.3', 'default');
  const retiring = (gone: 'gateway-pods' | 'gateways', from = done) =>
    checkEdit(
      from,
      edited(from, (draft) => {
        of(draft.clusters, 'production').retiring = { '1-9-5': gone };
      }),
    ).map(({ rule }) => rule);

  it('may switch gateways off and then take them away, and not at once', () => {
    expect(retiring('gateway-pods')).toStrictEqual([]);
    expect(retiring('gateways')).toStrictEqual(['retire-steps']);
    const off = edited(done, (draft) => {
      of(draft.clusters, 'production').retiring = { '1-9-5': 'gateway-pods' };
    });
    expect(retiring('gateways', off)).toStrictEqual([]);
  });
});
