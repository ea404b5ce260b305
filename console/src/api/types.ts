/** Short names for what the API answers, derived from the generated schema. */
import type { paths } from './schema';

type Ok<Operation> = Operation extends {
  responses: { 200: { content: { 'application/json': infer Body } } };
}
  ? Body
  : Operation extends { responses: { 201: { content: { 'application/json': infer Body } } } }
    ? Body
    : never;
type Get<Path extends keyof paths> = Ok<NonNullable<paths[Path]['get']>>;
type Item<Page> = Page extends { items: (infer One)[] } ? One : never;

export type Me = Get<'/api/v1/me'>;
export type AccountAccess = Me['accounts'][number];
export type Account = Get<'/api/v1/account'>;
export type Overview = Get<'/api/v1/overview'>;
export type Sender = Overview['senders'][number];
export type QueueCount = Get<'/api/v1/queue/count'>;
export type QueueEntry = Item<Get<'/api/v1/queue'>>;
export type MoveResult = Ok<paths['/api/v1/queue/moves']['post']>;
export type MoveRefusal = MoveResult['refused'][number];
export type Group = Item<Get<'/api/v1/groups'>>;
export type Contact = Get<'/api/v1/contacts/{contact_id}'>;
export type ChannelStatus = QueueEntry['sms'];
export type ChannelState = ChannelStatus['status'];
export type Compliance = QueueEntry['compliance'];
export type TimelineItem = Item<Get<'/api/v1/contacts/{contact_id}/timeline'>>;
export type Broadcast = Item<Get<'/api/v1/broadcasts'>>;
export type Why = Get<'/api/v1/broadcasts/{broadcast_id}/why/{contact_id}'>;
export type Integration = Item<Get<'/api/v1/integrations'>>;
export type CreatedIntegration = Ok<paths['/api/v1/integrations']['post']>;
