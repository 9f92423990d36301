import { at, type Fields, type Located, mapAt, textAt } from '../../model/kube-object.js';
import { type ControlPlane, renderedPlanes } from './rendered-planes.js';
import type { ClusterLook } from './rule.js';

/** One of Istio's charts as a delivery engine installs it, or an IstioOperator that makes a control plane. */
export interface Release {
  readonly where: Located;
  readonly chart: string;
  readonly version: string;
  /** The name of the Helm release; empty where nothing names it. */
  readonly name: string;
  readonly values: Fields;
}

/** The Helm releases of a cluster: Applications of a chart, and HelmReleases. */
export function releasesOf({ objects }: Pick<ClusterLook, 'objects'>): Release[] {
  return objects.flatMap((where): Release[] => {
    const { object } = where;
    if (object.kind === 'HelmRelease') {
      return [
        {
          where,
          chart: textAt(object, 'spec.chart.spec.chart'),
          version: textAt(object, 'spec.chart.spec.version'),
          name: textAt(object, 'spec.releaseName'),
          values: mapAt(object, 'spec.values'),
        },
      ];
    }
    const chart = textAt(object, 'spec.source.chart');
    if (object.kind !== 'Application' || chart === '') return [];
    return [
      {
        where,
        chart,
        version: textAt(object, 'spec.source.targetRevision'),
        name: textAt(object, 'spec.source.helm.releaseName') || object.metadata.name,
        values: mapAt(object, 'spec.source.helm.valuesObject'),
      },
    ];
  });
}

/** The control planes of a cluster. */
export function controlPlanesOf(look: Pick<ClusterLook, 'objects'>): ControlPlane[] {
  return [
    ...look.objects
      .filter(({ object }) => object.kind === 'IstioOperator' && at(object, 'spec.components.pilot.enabled') === true)
      .map((where) => ({
        where,
        revision: textAt(where.object, 'spec.revision'),
        version: textAt(where.object, 'spec.tag'),
        meshConfig: { ...mapAt(where.object, 'spec.values.meshConfig'), ...mapAt(where.object, 'spec.meshConfig') },
        global: mapAt(where.object, 'spec.values.global'),
      })),
    ...releasesOf(look)
      .filter(({ chart }) => chart === 'istiod')
      .map(({ where, version, values }) => ({
        where,
        version,
        revision: textAt(values, 'revision'),
        meshConfig: mapAt(values, 'meshConfig'),
        global: mapAt(values, 'global'),
      })),
    ...look.objects
      .filter(({ object }) => object.kind === 'IstioRevision')
      .map((where) => ({
        where,
        revision: where.object.metadata.name,
        version: textAt(where.object, 'spec.version').replace(/^v/, ''),
        meshConfig: mapAt(where.object, 'spec.values.meshConfig'),
        global: mapAt(where.object, 'spec.values.global'),
      })),
    ...renderedPlanes(look.objects),
  ];
}
