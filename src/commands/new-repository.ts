import type { Mesh } from '../model/mesh.js';
import { type Git, initGit, isInGit, openGit } from '../repo/git.js';

/** Where a new repository is said to be found, until a person says where it is. */
export const placeholder = 'https://git.example.com/platform/istio.git';

/** The git that a new repository is committed to, made where there is none; undefined where nothing is to be committed, or git knows nobody who does. */
export async function gitOf(
  root: string,
  { commits, nobody, branch }: { readonly commits: boolean; readonly nobody: boolean; readonly branch: string },
): Promise<Git | undefined> {
  if (!commits) return undefined;
  if (!(await isInGit(root))) await initGit(root, branch);
  return nobody ? undefined : await openGit(root);
}

/** What a person must know of a new repository before a cluster is handed over. */
export function newRepositoryWarnings(mesh: Mesh, withoutUrl: boolean, nobody: boolean): string[] {
  const warnings: readonly (readonly [boolean, string])[] = [
    [
      withoutUrl,
      'repository.url in istio-prod.yaml is a placeholder: give yours, and run yo istio-prod again, before you hand a cluster over.',
    ],
    [
      mesh.namespaces.controlPlane === 'per-revision',
      'Each control plane has a namespace of its own: before its istiod starts, each needs the same Secret cacerts (istio.io/docs/tasks/security/cert-management/plugin-ca-cert), or revisions will not trust each other.',
    ],
    [
      mesh.repository.path !== '.',
      'The check of the repository (.github or .gitlab-ci.yml) is below the top, where no forge runs it: move it to the top.',
    ],
    [
      nobody,
      'Git does not know who commits, so nothing is committed: git config --global user.name and user.email, then git add . && git commit.',
    ],
  ];
  return warnings.filter(([holds]) => holds).map(([, warning]) => warning);
}
