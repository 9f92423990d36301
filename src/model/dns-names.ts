import * as z from 'zod';

/** A DNS-1123 label: what Kubernetes accepts as the name of a Namespace or Service (RFC 1123). */
export const dnsLabel = z
  .string()
  .max(63, 'is longer than 63 characters')
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'is no DNS-1123 label: lower case letters, digits and "-", and a letter or digit at both ends',
  );

/** The name of a Service: a DNS-1035 label, which starts with a letter (RFC 1035). */
export const serviceName = dnsLabel.regex(/^[a-z]/, 'is no name of a Service: it starts with a letter');
