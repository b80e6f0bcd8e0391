/**
 * The resources of an event as `lookup-events` and the Event history show them: CloudTrail makes these from request and
 * response, and does not say how. The rules here are what can be observed; where the log files came out of
 * lookup-events itself, AWS's own list is taken.
 */

/** A resource; its type is null where AWS names none. */
export interface Resource {
  type: string | null;
  name: string;
}

/** The columns of an event that its resources come from, in the order in which `resourcesOf` takes them. */
export const RESOURCE_COLUMNS = [
  'eventsource',
  'eventname',
  'readonly',
  'eventcategory',
  'managementevent',
  'requestparameters',
  'responseelements',
  'resources',
  'envelope',
] as const;
type Columns = ReadonlyArray<string | null>;

/** Of one service: members whose values name a resource, as `member`, `parent.member` or `eventName member`, to its type. */
type Rules = Readonly<Record<string, string | null>>;

const RULES: Readonly<Record<string, Rules>> = {
  's3.amazonaws.com': { bucketName: 'AWS::S3::Bucket' },
  'iam.amazonaws.com': {
    userName: 'AWS::IAM::User',
    'user.arn': 'AWS::IAM::User',
    'user.userId': 'AWS::IAM::User',
    groupName: 'AWS::IAM::Group',
    'group.arn': 'AWS::IAM::Group',
    'group.groupId': 'AWS::IAM::Group',
    roleName: 'AWS::IAM::Role',
    'role.arn': 'AWS::IAM::Role',
    'role.roleId': 'AWS::IAM::Role',
    policyName: 'AWS::IAM::Policy',
    'policy.arn': 'AWS::IAM::Policy',
    'policy.policyId': 'AWS::IAM::Policy',
    policyArn: 'AWS::IAM::Policy',
    accessKeyId: 'AWS::IAM::AccessKey',
    instanceProfileName: 'AWS::IAM::InstanceProfile',
    'instanceProfile.arn': 'AWS::IAM::InstanceProfile',
    'instanceProfile.instanceProfileId': 'AWS::IAM::InstanceProfile',
    serialNumber: 'AWS::IAM::MfaDevice',
  },
  'sts.amazonaws.com': {
    roleArn: 'AWS::IAM::Role',
    'credentials.accessKeyId': 'AWS::IAM::AccessKey',
    roleSessionName: 'AWS::STS::AssumedRole',
    'assumedRoleUser.assumedRoleId': 'AWS::STS::AssumedRole',
    'assumedRoleUser.arn': 'AWS::STS::AssumedRole',
  },
  'ec2.amazonaws.com': {
    vpcId: 'AWS::EC2::VPC',
    imageId: 'AWS::EC2::Ami',
    instanceId: 'AWS::EC2::Instance',
    networkInterfaceId: 'AWS::EC2::NetworkInterface',
    'AttachNetworkInterface attachmentId': 'AWS::EC2::NetworkInterfaceAttachment',
    keyName: 'AWS::EC2::KeyPair',
    // Deeper down there are other groups: of placement, of subnets.
    '.groupName': 'AWS::EC2::SecurityGroup',
    '.groupId': 'AWS::EC2::SecurityGroup',
    'groupSet.groupName': 'AWS::EC2::SecurityGroup',
    'groupSet.groupId': 'AWS::EC2::SecurityGroup',
    'ModifySecurityGroupRulesRequest.GroupId': 'AWS::EC2::SecurityGroup',
    subnetId: 'AWS::EC2::Subnet',
    vpcEndpointId: 'AWS::EC2::VPCEndpoint',
    'DeleteVpcEndpointsRequest.VpcEndpointId': 'AWS::EC2::VPCEndpoint',
    routeTableId: 'AWS::EC2::RouteTable',
    'CreateRoute gatewayId': null,
    'AssociateRouteTable associationId': 'AWS::EC2::SubnetRouteTableAssociation',
    'DisassociateRouteTable associationId': 'AWS::EC2::SubnetRouteTableAssociation',
    internetGatewayId: 'AWS::EC2::InternetGateway',
    volumeId: 'AWS::EC2::Volume',
    allocationId: 'AWS::EC2::EIP',
    publicIp: 'AWS::EC2::EIP',
    'AssociateAddress associationId': 'AWS::EC2::EIPAssociation',
    launchTemplateId: 'AWS::EC2::LaunchTemplate',
    launchTemplateName: 'AWS::EC2::LaunchTemplate',
    'DescribeLaunchTemplateVersionsRequest.LaunchTemplateId': 'AWS::EC2::LaunchTemplate',
    'iamInstanceProfile.arn': 'AWS::IAM::InstanceProfile',
    'iamInstanceProfile.name': 'AWS::IAM::InstanceProfile',
    'iamInstanceProfile.id': 'AWS::IAM::InstanceProfile',
    'resourcesSet.resourceId': null,
  },
  'cloudtrail.amazonaws.com': {
    name: 'AWS::CloudTrail::Trail',
    trailName: 'AWS::CloudTrail::Trail',
    trailARN: 'AWS::CloudTrail::Trail',
    s3BucketName: 'AWS::S3::Bucket',
    cloudWatchLogsRoleArn: 'AWS::IAM::Role',
    cloudWatchLogsLogGroupArn: 'AWS::Logs::LogGroup',
  },
  'autoscaling.amazonaws.com': {
    autoScalingGroupName: 'AWS::AutoScaling::AutoScalingGroup',
    topicARN: 'AWS::SNS::Topic',
  },
  'elasticloadbalancing.amazonaws.com': {
    loadBalancerName: 'AWS::ElasticLoadBalancing::LoadBalancer',
    loadBalancerArn: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    listenerArn: 'AWS::ElasticLoadBalancingV2::Listener',
  },
  'sns.amazonaws.com': { topicArn: 'AWS::SNS::Topic', subscriptionArn: 'AWS::SNS::Subscription' },
  'monitoring.amazonaws.com': { alarmName: 'AWS::CloudWatch::Alarm', alarmNames: 'AWS::CloudWatch::Alarm' },
  'secretsmanager.amazonaws.com': {
    'CreateSecret name': 'AWS::SecretsManager::Secret',
    secretId: 'AWS::SecretsManager::Secret',
  },
  'cloudformation.amazonaws.com': {
    stackId: 'AWS::CloudFormation::Stack',
    'UpdateStack stackName': 'AWS::CloudFormation::Stack',
    'DeleteStack stackName': 'AWS::CloudFormation::Stack',
  },
  // Their types are seen in the console, their members are not: the names are what the requests call them.
  'kms.amazonaws.com': { keyId: 'AWS::KMS::Key' },
  'lambda.amazonaws.com': { functionName: 'AWS::Lambda::Function' },
  'rds.amazonaws.com': { dBInstanceIdentifier: 'AWS::RDS::DBInstance' },
  'dynamodb.amazonaws.com': { tableName: 'AWS::DynamoDB::Table' },
};

/** Calls that name resources though they change nothing; others that only read have none. */
const READS_WITH_RESOURCES =
  /^(AssumeRole|GetSessionToken|GetFederationToken|DescribeLaunchTemplateVersions)/;

/** Types of resources that events can name. */
export const RESOURCE_TYPES: readonly string[] = [
  ...new Set(Object.values(RULES).flatMap(rules => Object.values(rules).filter(type => type !== null))),
  'AWS::S3::Object',
];

/** The services whose events can name a resource of a type in request or response. */
export function servicesWithType(type: string): string[] {
  return Object.keys(RULES).filter(service => Object.values(RULES[service]!).includes(type));
}

/** The resources of an event, each once, from its `RESOURCE_COLUMNS`. */
export function resourcesOf(columns: Columns): Resource[] {
  const [source, name, readOnly, category, management, request, response, resources, envelope] = columns;
  const given = typeof envelope === 'string' ? givenResources(envelope) : undefined;
  if (given) return given;
  const found = new Map<string, Resource>();
  const add = (type: string | null, value: unknown): void => {
    if (typeof value === 'string' && value !== '') found.set(`${type}\n${value}`, { type, name: value });
  };
  const isManagement = typeof category === 'string' ? category === 'Management' : management !== 'false';
  if (isManagement) {
    const rules = typeof source === 'string' && Object.hasOwn(RULES, source) ? RULES[source] : undefined;
    if (!rules || (readOnly === 'true' && !READS_WITH_RESOURCES.test(name ?? ''))) return [];
    for (const text of [request, response]) if (text) visit(parsed(text), name ?? '', rules, add);
  } else if (resources) {
    // lookup-events has no data events; their records name their resources themselves.
    for (const entry of listOf(parsed(resources))) add(textOr(entry.type), entry.ARN ?? entry.ARNPrefix);
  }
  return [...found.values()];
}

/** Name of `hasResource` in SQL. */
export const HAS_RESOURCE = 'has_resource';

/** Whether an event has a resource of this type or name: for SQL, as `has_resource(…RESOURCE_COLUMNS, 'type', ?)`. */
export function hasResource(...values: ReadonlyArray<string | null>): 0 | 1 {
  const [what, wanted] = values.slice(RESOURCE_COLUMNS.length);
  const isWanted = (resource: Resource): boolean =>
    (what === 'type' ? resource.type : resource.name) === wanted;
  return resourcesOf(values.slice(0, RESOURCE_COLUMNS.length)).some(isWanted) ? 1 : 0;
}

/** What lookup-events printed beside the record. */
function givenResources(envelope: string): Resource[] | undefined {
  const outer = parsed(envelope) as Record<string, unknown> | null;
  if (!Array.isArray(outer?.Resources)) return undefined;
  return listOf(outer.Resources).flatMap(({ ResourceType, ResourceName }) =>
    typeof ResourceName === 'string' ? [{ type: textOr(ResourceType), name: ResourceName }] : [],
  );
}

/** Goes through a value; lists, and the `items` that EC2 puts them into, leave the name above them in force. */
function visit(
  value: unknown,
  eventName: string,
  rules: Rules,
  add: (type: string | null, value: unknown) => void,
): void {
  // A list instead of recursion: attackers nest.
  const left: Array<[value: unknown, parent: string]> = [[value, '']];
  for (let next = left.pop(); next; next = left.pop()) {
    const [at, parent] = next;
    if (Array.isArray(at)) {
      for (const item of at) left.push([item, parent]);
      continue;
    }
    if (typeof at !== 'object' || at === null) continue;
    for (const [key, member] of Object.entries(at)) {
      const rule = [`${eventName} ${key}`, `${parent}.${key}`, key].find(name => Object.hasOwn(rules, name));
      if (rule !== undefined) for (const value of [member].flat()) add(rules[rule]!, value);
      if (typeof member === 'object') left.push([member, key === 'items' ? parent : key]);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const listOf = (value: unknown): Array<Record<string, unknown>> =>
  Array.isArray(value) ? value.filter(item => typeof item === 'object' && item !== null) : [];

const textOr = (value: unknown): string | null => (typeof value === 'string' ? value : null);
