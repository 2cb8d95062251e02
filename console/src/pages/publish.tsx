import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask, part } from '../ask.js';
import { ActionDialog } from '../parts/dialog.js';
import { AreaField, CheckField, objectIn, TextField } from '../parts/fields.js';
import { say } from '../parts/toast.js';

export function PublishDialog(props: {
  readonly vhost: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly onClose: () => void;
}): JSX.Element {
  const { vhost, exchange } = props;
  const [key, setKey] = useState(props.routingKey);
  const [payload, setPayload] = useState('');
  const [headers, setHeaders] = useState('');
  const [id, setId] = useState('');
  const [type, setType] = useState('');
  const [persistent, setPersistent] = useState(true);
  return (
    <ActionDialog
      title={exchange === '' ? `Publish to ${props.routingKey}` : `Publish to the exchange ${exchange}`}
      verb="Publish"
      onClose={props.onClose}
      act={async () => {
        const properties: Record<string, unknown> = {
          delivery_mode: persistent ? 2 : 1,
          headers: objectIn(headers, 'headers'),
        };
        if (id !== '') properties['message_id'] = id;
        if (type !== '') properties['content_type'] = type;
        const name = exchange === '' ? 'amq.default' : exchange;
        const { routed } = await ask<{ routed: boolean }>(
          'POST',
          `/api/exchanges/${part(vhost)}/${part(name)}/publish`,
          {
            routing_key: key,
            payload,
            payload_encoding: 'string',
            properties,
          },
        );
        if (!routed) throw new Error('It went nowhere: no binding fits that routing key and these headers.');
        say('Published');
      }}
    >
      {exchange !== '' && <TextField label="Routing key" value={key} onChange={setKey} />}
      <AreaField label="Body" value={payload} onChange={setPayload} rows={6} />
      <AreaField label="Headers" value={headers} onChange={setHeaders} rows={2} placeholder='{"tenant": "acme"}' />
      <div class="field-row">
        <TextField label="Message id" value={id} onChange={setId} hint="Helps to trace it" />
        <TextField label="Content type" value={type} onChange={setType} placeholder="application/json" />
      </div>
      <CheckField label="Persistent" value={persistent} onChange={setPersistent} />
    </ActionDialog>
  );
}
