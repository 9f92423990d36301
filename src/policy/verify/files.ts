import { groupOf, type KubeObject } from '../../model/kube-object.js';
import { meshFile } from '../../model/mesh.js';
import type { ClusterLook, Hit, LayerPatch, RepositoryLook, Rule } from './rule.js';

export const builds: Rule<RepositoryLook> = {
  name: 'builds',
  statement: 'Every kustomization that a delivery engine applies builds, with nothing but kustomize.',
  source: 'kustomize: Argo CD needs a setting of all its clusters for helmCharts, and Flux refuses them',
  fix: 'Mend the file that kustomize names; until then nothing else is asked of that cluster',
  find: ({ broken }) => broken.map(({ file, message }) => ({ where: { file }, message })),
};

export const frozenFiles: Rule<RepositoryLook> = {
  name: 'frozen-files',
  statement: 'No file of a revision changes after it was written.',
  source: 'istio-prod.lock, which has a hash per file: an edit would change a control plane that runs',
  fix: 'Take it back (git checkout), and put the change into clusters/<cluster>/custom/',
  find: (look) => changed(look, 'frozen'),
};

export const managedFiles: Rule<RepositoryLook> = {
  name: 'managed-files',
  statement: 'No file that follows from istio-prod.yaml is edited by hand.',
  source: 'istio-prod.lock, which has a hash per file: the next run is refused, in the middle of an upgrade',
  fix: 'Take it back (git checkout), and put the change into istio-prod.yaml or clusters/<cluster>/custom/',
  find: (look) => changed(look, 'managed'),
};

function changed({ files }: RepositoryLook, ownership: 'managed' | 'frozen'): Hit[] {
  return files
    .filter((file) => file.ownership === ownership)
    .flatMap(({ path, locked, present, before }): Hit[] => {
      const where = { file: path };
      if (present === undefined) return [{ where, message: 'It is gone.' }];
      if (present !== locked) return [{ where, message: `It is ${ownership}, and somebody has edited it.` }];
      return ownership === 'frozen' && before !== undefined && before !== locked
        ? [{ where, message: 'It was written anew since the commit that this one is compared with.' }]
        : [];
    });
}

export const meshFollowed: Rule<RepositoryLook> = {
  name: 'mesh-followed',
  statement: 'All files are what istio-prod.yaml calls for.',
  source: 'istio-prod.lock, which has the mesh that the files were written from',
  fix: 'Run yo istio-prod, or take the edit of istio-prod.yaml back',
  find: ({ followed }) =>
    followed ? [] : [{ where: { file: meshFile }, message: 'It was edited, and the files do not follow yet.' }],
};

export const patchTargets: Rule<ClusterLook> = {
  name: 'patch-targets',
  statement: 'Every patch has something to change: its target is an object of its layer.',
  source: 'seen with kustomize 5.5 to 5.8: a target that is misspelt is no error, and the object stays as it was',
  fix: 'Mend the target, or remove the patch',
  find: ({ patches, objects }) =>
    patches
      .filter(({ layer, target }) => {
        const own = objects.filter((each) => each.layer === layer);
        return own.length > 0 && !own.some(({ object }) => targets(target, object));
      })
      .map(({ file, layer, target }) => ({
        where: { file },
        message: `No object of ${layer} is the target ${JSON.stringify(target)}.`,
      })),
};

/** Whether a patch reaches an object; each part of a target is a regular expression for the whole value. What selects by labels is taken to match. */
export function targets({ group, version, kind, name, namespace }: LayerPatch['target'], object: KubeObject): boolean {
  const [apiVersion = ''] = object.apiVersion.split('/').slice(-1);
  return [
    [group, groupOf(object)],
    [version, apiVersion],
    [kind, object.kind],
    [name, object.metadata.name],
    [namespace, object.metadata.namespace ?? 'default'],
  ].every(([wanted, value]) => wanted === undefined || wanted === '' || matches(wanted, value ?? ''));
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(value);
  } catch {
    // A pattern that only Go understands.
    return true;
  }
}
