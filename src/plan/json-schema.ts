import * as z from 'zod';
import { configItems } from '../catalog/config.js';
import { meshSchema } from '../model/mesh.js';

let schema: string | undefined;

/** The JSON schema of istio-prod.yaml, from the very schemas that check it; the same for every mesh, so the build keeps only the text. */
export function jsonSchema(): string {
  schema ??= `${JSON.stringify(z.toJSONSchema(wholeSchema(), { io: 'input' }), null, 2)}\n`;
  return schema;
}

/** The schema of the mesh file with that of every item of configuration. */
function wholeSchema(): z.ZodType {
  const items = Object.entries(configItems).map(([name, { settings, title }]) => [
    name,
    settings.describe(title).optional(),
  ]);
  const { config } = meshSchema.shape;
  return meshSchema
    .extend({
      config: z
        .strictObject(Object.fromEntries(items))
        .default({})
        .describe(config.description ?? ''),
    })
    .describe(meshSchema.description ?? '');
}
