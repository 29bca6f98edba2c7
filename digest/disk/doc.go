// Package disk writes files that appear whole, durable and readable by their
// owner alone, or not at all. It is used for what must survive a crash or a full
// disk: backups, exports, previews, mails in the outbox and databases.
package disk
