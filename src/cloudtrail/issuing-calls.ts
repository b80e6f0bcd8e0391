/** Which calls give credentials: the actions of STS, Cognito and IAM whose response has an access key (their API References). */

/** Calls whose response has an access key. */
export const ISSUING_CALLS = [
  'AssumeRole',
  'AssumeRoleWithSAML',
  'AssumeRoleWithWebIdentity',
  'AssumeRoot',
  'GetSessionToken',
  'GetFederationToken',
  'GetCredentialsForIdentity',
  'CreateAccessKey',
] as const;
