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
// Whoever left, bounced or complained comes back only by their own new
// confirmation. Apart from the confirmation itself, only an address that is
// active when its message leaves gets mail.
//
// A delivery, one row of the ledger for one issue and one subscriber, moves
// through these, see [DeliveryState.To]:
//
//	queued ──claim──► sending ──250──► sent
//	  │  ▲             │ │ │ │
//	  │  │    4xx, cut │ │ │ └─5xx, out of time──► failed
//	  │  │  connection ▼ │ └─no reply, policy hold─► uncertain ──► sent, queued or failed
//	  │  └─ due ── deferred      (a person decides)
//	  │               │
//	  └───────────────┴──not active any more, or the issue cancelled──► cancelled
//
// "sending" is durable before the server hears of the message, and the result
// is durable before the same connection sends its next one; so after a crash a
// row found in "sending" is the only one in doubt on that connection.
package subscribers
