import { type Clock, systemClock, type Timer } from '../../src/lib/clock.js';
import type { SaslHandshakeRequest, SaslHandshakeResponse } from '../../src/protocols/kafka/codec/17-sasl-handshake.js';
import type { ApiVersionsRequest, ApiVersionsResponse } from '../../src/protocols/kafka/codec/18-api-versions.js';
import type {
  SaslAuthenticateRequest,
  SaslAuthenticateResponse,
} from '../../src/protocols/kafka/codec/36-sasl-authenticate.js';
import type {
  DescribeClientQuotasRequest,
  DescribeClientQuotasResponse,
} from '../../src/protocols/kafka/codec/48-describe-client-quotas.js';
import type {
  AlterClientQuotasRequest,
  AlterClientQuotasResponse,
} from '../../src/protocols/kafka/codec/49-alter-client-quotas.js';
import type {
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse,
} from '../../src/protocols/kafka/codec/50-describe-user-scram-credentials.js';
import type {
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse,
} from '../../src/protocols/kafka/codec/51-alter-user-scram-credentials.js';
import type { WireApi } from '../kafka/wire-apis.js';
import {
  decodeSaslHandshakeResponse,
  encodeSaslHandshakeRequest,
  newSaslHandshakeRequest,
} from '../kafka-codec/codec/17-sasl-handshake.js';
import {
  decodeApiVersionsResponse,
  encodeApiVersionsRequest,
  newApiVersionsRequest,
} from '../kafka-codec/codec/18-api-versions.js';
import {
  decodeSaslAuthenticateResponse,
  encodeSaslAuthenticateRequest,
  newSaslAuthenticateRequest,
} from '../kafka-codec/codec/36-sasl-authenticate.js';
import {
  decodeDescribeClientQuotasResponse,
  encodeDescribeClientQuotasRequest,
  newDescribeClientQuotasRequest,
} from '../kafka-codec/codec/48-describe-client-quotas.js';
import {
  decodeAlterClientQuotasResponse,
  encodeAlterClientQuotasRequest,
  newAlterClientQuotasRequest,
} from '../kafka-codec/codec/49-alter-client-quotas.js';
import {
  decodeDescribeUserScramCredentialsResponse,
  encodeDescribeUserScramCredentialsRequest,
  newDescribeUserScramCredentialsRequest,
} from '../kafka-codec/codec/50-describe-user-scram-credentials.js';
import {
  decodeAlterUserScramCredentialsResponse,
  encodeAlterUserScramCredentialsRequest,
  newAlterUserScramCredentialsRequest,
} from '../kafka-codec/codec/51-alter-user-scram-credentials.js';

export const saslHandshake: WireApi<SaslHandshakeRequest, SaslHandshakeResponse> = {
  name: 'SaslHandshake',
  newRequest: newSaslHandshakeRequest,
  encode: encodeSaslHandshakeRequest,
  decode: decodeSaslHandshakeResponse,
};
export const apiVersions: WireApi<ApiVersionsRequest, ApiVersionsResponse> = {
  name: 'ApiVersions',
  newRequest: newApiVersionsRequest,
  encode: encodeApiVersionsRequest,
  decode: decodeApiVersionsResponse,
};
export const saslAuthenticate: WireApi<SaslAuthenticateRequest, SaslAuthenticateResponse> = {
  name: 'SaslAuthenticate',
  newRequest: newSaslAuthenticateRequest,
  encode: encodeSaslAuthenticateRequest,
  decode: decodeSaslAuthenticateResponse,
};
export const describeClientQuotas: WireApi<DescribeClientQuotasRequest, DescribeClientQuotasResponse> = {
  name: 'DescribeClientQuotas',
  newRequest: newDescribeClientQuotasRequest,
  encode: encodeDescribeClientQuotasRequest,
  decode: decodeDescribeClientQuotasResponse,
};
export const alterClientQuotas: WireApi<AlterClientQuotasRequest, AlterClientQuotasResponse> = {
  name: 'AlterClientQuotas',
  newRequest: newAlterClientQuotasRequest,
  encode: encodeAlterClientQuotasRequest,
  decode: decodeAlterClientQuotasResponse,
};
export const describeUserScramCredentials: WireApi<
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse
> = {
  name: 'DescribeUserScramCredentials',
  newRequest: newDescribeUserScramCredentialsRequest,
  encode: encodeDescribeUserScramCredentialsRequest,
  decode: decodeDescribeUserScramCredentialsResponse,
};
export const alterUserScramCredentials: WireApi<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse> = {
  name: 'AlterUserScramCredentials',
  newRequest: newAlterUserScramCredentialsRequest,
  encode: encodeAlterUserScramCredentialsRequest,
  decode: decodeAlterUserScramCredentialsResponse,
};

/** The system's clock for everything short; what takes long happens when the test says so. */
export class SteppedClock implements Clock {
  private steppedMs = 0;
  private readonly later: { readonly atMs: number; readonly task: () => void; cancelled: boolean }[] = [];

  now(): number {
    return systemClock.now() + this.steppedMs;
  }

  monotonic(): number {
    return systemClock.monotonic() + this.steppedMs;
  }

  soon(task: () => void): void {
    systemClock.soon(task);
  }

  after(delayMs: number, task: () => void): Timer {
    if (delayMs < 500) return systemClock.after(delayMs, task);
    const entry = { atMs: this.monotonic() + delayMs, task, cancelled: false };
    this.later.push(entry);
    return {
      cancel: () => {
        entry.cancelled = true;
      },
    };
  }

  step(byMs: number): void {
    this.steppedMs += byMs;
    const due = this.later.filter(({ atMs }) => atMs <= this.monotonic());
    for (const entry of due) {
      this.later.splice(this.later.indexOf(entry), 1);
      if (!entry.cancelled) entry.task();
    }
  }
}
