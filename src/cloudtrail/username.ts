/** The user name of an event. */

/**
 * The user name that `lookup-events` and the Event history show. Observed for IAM users, root and the sessions of roles,
 * and absent for services and other accounts; for other types the name that AWS gives is not documented, and the
 * session's or the user's own is taken.
 * @param leaf the expression for a member of userIdentity
 * @param indexOf the dialect's function for the place of a text in another
 */
export function usernameOf(
  leaf: (name: 'type' | 'userName' | 'principalId' | 'onBehalfOf.userId') => string,
  indexOf: 'instr' | 'strpos',
): string {
  const [type, principal] = [leaf('type'), leaf('principalId')];
  const colon = `${indexOf}(${principal}, ':')`;
  const session = `CASE WHEN ${colon} > 0 THEN substr(${principal}, ${colon} + 1) END`;
  return `CASE
    WHEN ${type} = 'Root' THEN 'root'
    WHEN ${type} = 'AssumedRole' THEN nullif(${session}, '')
    WHEN ${type} IN ('AWSService', 'AWSAccount') OR ${type} IS NULL THEN NULL
    ELSE coalesce(nullif(${leaf('userName')}, ''), nullif(${session}, ''), nullif(${leaf('onBehalfOf.userId')}, ''))
  END`;
}
