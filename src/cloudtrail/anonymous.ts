/** Which callers have no credentials. */

/**
 * An unauthenticated caller. CloudTrail has written `accountId` as `ANONYMOUS_PRINCIPAL` (2018), later as `anonymous`;
 * AWS's first S3 guide looks for `principalId`. A caller with an ARN is never anonymous.
 * @param leaf the value of a member of userIdentity, null where it has none
 */
export function isAnonymous(leaf: (path: string) => string | null): boolean {
  if (leaf('type') !== 'AWSAccount' || leaf('arn') !== null) return false;
  const account = leaf('accountId')?.toLowerCase();
  return (
    account === 'anonymous' ||
    account === 'anonymous_principal' ||
    leaf('principalId') === 'ANONYMOUS_PRINCIPAL'
  );
}
