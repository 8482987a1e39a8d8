import type { IncomingMessage } from 'node:http';
import * as assert from 'uvu/assert';
import type { ApiError } from '../../src/api/index.js';
import { createAccessPolicy } from '../../src/server/security/access.js';
import { suite } from '../support/suite.js';

const test = suite('server: access');

const policy = createAccessPolicy({ token: 's3cret', port: 6443 });
const good = { host: '127.0.0.1:6443', authorization: 'Bearer s3cret' };

/** The HTTP code that the headers meet; 200 when they are let through. */
const code = (headers: Record<string, string | undefined>, path = '/api/v1/pods'): number => {
  try {
    policy.check({ headers } as unknown as IncomingMessage, path);
    return 200;
  } catch (error) {
    return (error as ApiError).code;
  }
};

test('the token opens, whatever name of the loopback address is used', () => {
  for (const host of ['127.0.0.1:6443', 'localhost:6443', 'LOCALHOST:6443', '[::1]:6443']) {
    assert.is(code({ ...good, host }), 200, host);
  }
});

test('a missing, wrong, longer, shorter or otherwise typed credential is 401', () => {
  for (const authorization of [
    undefined,
    'Bearer wrong!',
    'Bearer s3cre',
    'Bearer s3cret2',
    'Bearer ',
    'Basic s3cret',
    's3cret',
  ]) {
    assert.is(code({ ...good, authorization }), 401, authorization);
  }
});

test('health and version need no token, everything else does', () => {
  for (const path of ['/healthz', '/livez', '/readyz', '/readyz/ping', '/version']) {
    assert.is(code({ host: good.host }, path), 200, path);
  }
  for (const path of ['/', '/versions', '/healthzz', '/api', '/openapi/v3']) {
    assert.is(code({ host: good.host }, path), 401, path);
  }
});

test('a foreign or missing Host is 403 even with the token: DNS rebinding', () => {
  for (const host of [
    'evil.example:6443',
    '127.0.0.1:80',
    '127.0.0.1',
    '127.0.0.1.evil.example:6443',
    undefined,
  ]) {
    assert.is(code({ ...good, host }), 403, host);
    assert.is(code({ host }, '/version'), 403, host);
  }
});

test('a foreign Origin or site is 403 even with the token: web pages', () => {
  assert.is(code({ ...good, origin: 'https://evil.example' }), 403);
  assert.is(code({ ...good, origin: 'null' }), 403);
  assert.is(code({ ...good, origin: 'http://127.0.0.1:6443' }), 403);
  assert.is(code({ ...good, origin: 'https://127.0.0.1:6443' }), 200);
  assert.is(code({ ...good, 'sec-fetch-site': 'cross-site' }), 403);
  assert.is(code({ ...good, 'sec-fetch-site': 'same-site' }), 403);
  assert.is(code({ ...good, 'sec-fetch-site': 'none' }), 200);
});

test('impersonation is refused: the administrator is not silently used instead', () => {
  assert.is(code({ ...good, 'impersonate-user': 'jane' }), 403);
});

test.run();
