// Package mailbox reads the archives of mailing lists: files of messages one after the
// other (mbox, RFC 4155), whatever their size, in bounded memory. Of a message it gives
// what can be shown in public: its names in the thread, the name of its writer without the
// address, and its words as HTML. What others wrote stands in quotations; signatures and
// what the list puts below are left out, and so are attachments.
package mailbox
