// Package subscribers is the domain of the mailing list: who reads, who may be
// written to, and what became of every message. It holds types and rules and
// imports the standard library only.
//
// A subscriber's address moves through these states, see [State.To]:
//
//	          confirm              unsubscribe
//	pending ──────────► active ─────────────────► unsubscribed
//	   ▲                 │  │ ▲                        │
//	   │          bounce │  │ │      confirm anew      │
//	   │                 ▼  │ └────────────────────────┤
//	   │           bounced  │ complaint                │
//	   │                 │  ▼                          │
//	   └── sign up anew ─┴─ complained ────────────────┘
//
// Who left, bounced or complained comes back only by their own new
// confirmation. Apart from the confirmation itself, only an address that is
// active when its message leaves gets mail.
//
// A delivery, one row of the ledger for one issue and one subscriber, moves
// through these, see [DeliveryState.To]:
//
//	queued ──────► claimed ──────► sending ──250──► sent
//	  ▲  ▲           │  ▲           │ │ │ └──5xx, out of time──► failed ──► sent or queued
//	  │  └handed back┘  │      4xx, │ │ │                        (a person decides)
//	  │                 │       cut ▼ │ └─no answer, policy hold──► uncertain ──► sent, queued or failed
//	  │                 └─due─ deferred                             (a person decides)
//	  └──────── the server heard nothing of it
//
// When the server refuses the sender or the messages, the issue pauses. In the same
// transaction the failed and deferred rows whose refusal may be our own fault are
// queued again, as if they had never been tried: a row's verdict waits for the issue's.
//
// A queued, claimed or deferred row becomes cancelled when its address may not
// be mailed any more or the issue is withdrawn, and uncertain when another copy
// of the installation may have sent it.
//
// "sending" is durable before the server hears of the message, and the result
// is durable before the same connection begins its next one. After a crash a
// claimed row is queued again without a doubt; a row in "sending" is the only
// one in doubt on its connection. A store may keep the claims of the only process
// that sends in memory, and what is being sent apart from the rows, as long as it
// tells of both as they are.
package subscribers
