"""Runs the AWS CLI's own `cloudtrail validate-logs` on a bucket in memory. Needs the packages awscli and moto[s3].

Reads one JSON object a line: {"objects": [{"bucket", "key", "path", "metadata"}], "buckets": [names], "trail": what
DescribeTrails says of it, "organization": its id, "keys": what list-public-keys prints, "args": [...]}. Writes one line
for each: {"stdout", "stderr", "code"}. ListPublicKeys, DescribeTrails and DescribeOrganization are answered here; the
code that validates is untouched.
"""

import contextlib
import io
import json
import os
import sys
from datetime import datetime, timezone

os.environ.update(
    AWS_ACCESS_KEY_ID='test',
    AWS_SECRET_ACCESS_KEY='test',
    AWS_DEFAULT_REGION='us-east-1',
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
)

import boto3  # noqa: E402
from awscli.clidriver import create_clidriver  # noqa: E402
from moto import mock_aws  # noqa: E402


class Http:
    """What botocore looks at of a response that was not fetched."""

    status_code = 200


def seconds(value):
    """Seconds since 1970 of a time in either form of list-public-keys."""
    if isinstance(value, (int, float)):
        return float(value)
    return datetime.fromisoformat(value.replace('Z', '+00:00')).timestamp()


def keys_between(case):
    """ListPublicKeys: the keys that are valid at some time of the range."""

    def handler(params, **kwargs):
        body = json.loads(params['body'])
        start, end = seconds(body['StartTime']), seconds(body['EndTime'])
        keys = [
            key
            for key in case['keys']['PublicKeyList']
            if seconds(key['ValidityStartTime']) <= end and seconds(key['ValidityEndTime']) >= start
        ]
        return Http(), {'PublicKeyList': keys, 'ResponseMetadata': {'HTTPStatusCode': 200}}

    return handler


def answer(content):
    return lambda **kwargs: (Http(), {**content, 'ResponseMetadata': {'HTTPStatusCode': 200}})


def run(case):
    with mock_aws():
        s3 = boto3.client('s3', region_name='us-east-1')
        for bucket in case['buckets']:
            s3.create_bucket(Bucket=bucket)
        for item in case['objects']:
            with open(item['path'], 'rb') as file:
                s3.put_object(
                    Bucket=item['bucket'], Key=item['key'], Body=file.read(), Metadata=item['metadata']
                )
        driver = create_clidriver()
        events = driver.session.get_component('event_emitter')
        events.register('before-call.cloudtrail.ListPublicKeys', keys_between(case))
        trails = answer({'trailList': [case['trail']]})
        events.register('before-call.cloudtrail.DescribeTrails', trails)
        organization = answer({'Organization': {'Id': case['organization']}})
        events.register('before-call.organizations.DescribeOrganization', organization)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = driver.main(['cloudtrail', 'validate-logs', *case['args']])
            except SystemExit as exit:
                code = exit.code
        return {'stdout': out.getvalue(), 'stderr': err.getvalue(), 'code': code}


for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
