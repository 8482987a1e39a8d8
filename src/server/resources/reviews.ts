/**
 * The reviews that ask «who am I» and «may I»: nothing is stored. Whoever has the token is the administrator, so every
 * answer is yes; kubectl (`auth can-i`, `auth whoami`) and Helm ask.
 *
 * Models: pkg/registry/authorization, pkg/registry/authentication (v1.36)
 * Differs: the spec of a review that came as protobuf is not repeated in the answer.
 */
import type { Exchange } from '../request/exchange.js';
import { contentTypeOf, decodeBody, readBody } from '../request/body.js';
import { writeOptionsOf } from '../request/query.js';
import { sendObject } from '../response/respond.js';

export interface ReviewKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  /** The status that answers the spec. */
  readonly answer: (spec: unknown) => object;
}

/** Everyone who has the token. Models: the user of a kubeadm cluster's admin.conf. */
const ADMIN = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

const ALL = ['*'];

export const reviewKinds: readonly ReviewKind[] = [
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    plural: 'selfsubjectreviews',
    singular: 'selfsubjectreview',
    kind: 'SelfSubjectReview',
    answer: () => ({ userInfo: ADMIN }),
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    plural: 'selfsubjectaccessreviews',
    singular: 'selfsubjectaccessreview',
    kind: 'SelfSubjectAccessReview',
    answer: () => ({ allowed: true }),
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    plural: 'selfsubjectrulesreviews',
    singular: 'selfsubjectrulesreview',
    kind: 'SelfSubjectRulesReview',
    answer: () => ({
      resourceRules: [{ verbs: ALL, apiGroups: ALL, resources: ALL }],
      nonResourceRules: [{ verbs: ALL, nonResourceURLs: ALL }],
      incomplete: false,
    }),
  },
];

export function reviewAt(group: string, version: string, plural: string): ReviewKind | undefined {
  return reviewKinds.find(
    (review) => review.group === group && review.version === version && review.plural === plural,
  );
}

/** Answers a review that was posted. */
export async function answerReview(exchange: Exchange, review: ReviewKind): Promise<void> {
  const { request, context } = exchange;
  writeOptionsOf(exchange, 'CreateOptions');
  const bytes = await readBody(request, context.limits.bodyBytes);
  const contentType = contentTypeOf(request);
  // The answer does not depend on the question, so a protobuf one is not decoded.
  const isProtobuf = contentType === 'application/vnd.kubernetes.protobuf';
  const spec = isProtobuf ? {} : (await decodeBody(bytes, contentType, review.kind)).value['spec'];
  await sendObject(exchange, 201, {
    kind: review.kind,
    apiVersion: `${review.group}/${review.version}`,
    metadata: {},
    spec: spec ?? {},
    status: review.answer(spec),
  });
}
