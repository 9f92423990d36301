import * as z from 'zod';
import { configItem } from './item.js';

const cpu = z.string().regex(/^\d+(\.\d+)?m?$/, 'is no amount of CPU, such as 100m or 2');
const memory = z.string().regex(/^\d+(Mi|Gi)$/, 'is no amount of memory, such as 128Mi');

/** What a sidecar asks for and may use (values.global.proxy.resources); gateways have their own. */
export const proxyResources = configItem({
  group: 'sidecar proxy',
  title: 'The CPU and memory that every sidecar asks for and may use.',
  cost: 'It takes effect pod by pod, as they restart. A memory limit that is too low kills sidecars, and their traffic: look at what they use first.',
  since: '1.9',
  settings: z.strictObject({
    cpu: cpu.default('100m').describe('The request for CPU'),
    memory: memory.default('128Mi').describe('The request for memory'),
    cpuLimit: cpu
      .default('2')
      .describe('The limit of CPU; from Istio 1.18 on it also decides the number of worker threads'),
    memoryLimit: memory.default('1Gi').describe('The limit of memory'),
  }),
  parts: (_mesh, settings) => ({
    values: {
      global: {
        proxy: {
          resources: {
            requests: { cpu: settings.cpu, memory: settings.memory },
            limits: { cpu: settings.cpuLimit, memory: settings.memoryLimit },
          },
        },
      },
    },
  }),
});
