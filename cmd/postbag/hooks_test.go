package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/subscribers/mail/smtptest"
)

// TestHooks mails an issue by a relay that names each mail, and lets providers tell the
// running program what came back of it.
func TestHooks(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db ...string) {
		in := newInstallation(t, db...)
		in.readers(8)
		server := smtptest.Start(t, func(step smtptest.Step) smtptest.Act {
			if step.Verb == "BODY" {
				reader, _, _ := strings.Cut(step.To, "@")
				return smtptest.Act{Reply: "250 2.0.0 Ok: queued as relay-" + reader, Take: true}
			}
			return smtptest.Act{}
		})
		const secret = "a secret of the operator's"
		file := filepath.Join(in.dir, "secret")
		if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		twilio, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		public, err := x509.MarshalPKIXPublicKey(&twilio.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none", "--from", "post@news.example", "--base-url", "https://news.example",
			"--postmark-secret-file", file, "--mailgun-key-file", file, "--sendgrid-key", base64.StdEncoding.EncodeToString(public))
		in.must("issue", "send", "--yes", "1")
		running := in.serve()
		post := func(status int, name, body string, header ...string) {
			t.Helper()
			r, err := http.NewRequestWithContext(t.Context(), "POST", running.base+"/hooks/"+name, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i < len(header); i += 2 {
				r.Header.Set(header[i], header[i+1])
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != status {
				t.Errorf("%s %s is answered with %d", name, body, answer.StatusCode)
			}
		}
		sent := "Basic " + base64.StdEncoding.EncodeToString([]byte("postbag:"+secret))
		bounced := func(reader int, words string) string {
			return fmt.Sprintf(`{"RecordType":"Bounce","ID":%d,"Type":"HardBounce","MessageID":"relay-reader%04d","Email":"reader%04d@reader.example","Details":%q}`, reader, reader, reader, words)
		}
		post(401, "postmark", bounced(0, "550 5.1.1 no such user"))
		post(401, "postmark", bounced(0, "550 5.1.1 no such user"), "Authorization", "Bearer guessed")
		post(404, "brevo", `{"event":"spam","email":"reader0000@reader.example"}`, "Authorization", "Bearer "+secret)
		post(200, "postmark", bounced(0, "550 5.1.1 no such user"), "Authorization", sent)
		post(200, "postmark", bounced(0, "550 5.1.1 no such user"), "Authorization", sent) // once more
		post(200, "postmark", bounced(1, "550 5.1.2 no such host"), "Authorization", sent)
		post(200, "postmark", `{"RecordType":"SpamComplaint","ID":9,"MessageID":"x","Email":"nobody@reader.example"}`, "Authorization", sent)
		post(400, "postmark", `{`, "Authorization", sent)

		var paths = map[string]string{}
		for _, m := range server.Taken() {
			paths[m.To] = m.MessageID
		}
		timestamp := strconv.FormatInt(time.Now().Unix(), 10)
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(timestamp + "token"))
		complaint := fmt.Sprintf(`{"signature":{"timestamp":%q,"token":"token","signature":%q},"event-data":{"event":"complained","id":"i","timestamp":%s.25,"recipient":"Reader0002@reader.example","message":{"headers":{"message-id":%q}}}}`,
			timestamp, hex.EncodeToString(mac.Sum(nil)), timestamp, strings.Trim(paths["reader0002@reader.example"], "<>"))
		post(401, "mailgun", strings.Replace(complaint, `"token":"token"`, `"token":"other"`, 1))
		post(200, "mailgun", complaint)
		post(401, "mailgun", strings.Replace(complaint, "Reader0002", "reader0003", 1))

		batch := `[{"event":"open","email":"reader0004@reader.example","sg_event_id":"1"},
			{"event":"unsubscribe","email":"reader0004@reader.example","timestamp":` + timestamp + `,"sg_event_id":"2","sg_message_id":"relay-reader0004.recvd-7"},
			{"event":"bounce","type":"blocked","reason":"550 5.7.1 listed","email":"reader0005@reader.example","sg_event_id":"3"},
			{"event":"spamreport","email":"stranger@reader.example","sg_event_id":"4"}]`
		sum := sha256.Sum256([]byte(timestamp + batch))
		signature, err := ecdsa.SignASN1(rand.Reader, twilio, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		signed := []string{"X-Twilio-Email-Event-Webhook-Signature", base64.StdEncoding.EncodeToString(signature), "X-Twilio-Email-Event-Webhook-Timestamp", timestamp}
		post(401, "sendgrid", strings.Replace(batch, "0005", "0006", 1), signed...)
		post(200, "sendgrid", batch, signed...)
		post(200, "sendgrid", batch, signed...)

		var events []bounceRow
		if err := json.Unmarshal([]byte(in.must("bounce", "list", "--json")), &events); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, e := range events {
			got[e.Email[:10]] += fmt.Sprint(e.Kind, ",", e.Status, ",", e.Source, ",", e.Became, ",", e.Counted, ",", e.Number)
		}
		want := map[string]string{
			"reader0000": "hard,5.1.1,postmark,bounced,true,1", "reader0001": "hard,5.1.2,postmark,,true,1", "reader0002": "complaint,,mailgun,complained,true,1",
			"reader0004": "unsubscribe,,sendgrid,unsubscribed,true,1", "reader0005": "policy,5.7.1,sendgrid,,false,0",
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the events are\n%v\nwant\n%v", got, want)
		}
		log := running.log.String()
		for _, private := range []string{secret, "reader0000@", "reader0004@", "stranger@", "relay-reader"} {
			if strings.Contains(log, private) {
				t.Errorf("the log tells %q:\n%s", private, log)
			}
		}
	})
}

// TestHookSettings tells at the start what is wrong with the keys of webhooks.
func TestHookSettings(t *testing.T) {
	t.Parallel()
	in := &installation{t: t, dir: t.TempDir()}
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(in.dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for want, flags := range map[string][]string{
		"others can read the secret of Postmark's webhook":      {"--postmark-secret-file", write("open", "a secret of the operator's", 0o644)},
		"the secret of Brevo's webhook must have 16 characters": {"--brevo-secret-file", write("short", "short", 0o600)},
		"is empty": {"--mailgun-key-file", write("empty", "\n", 0o600)},
		"it is not the verification key of SendGrid":                      {"--sendgrid-key", "SG.key"},
		`"arn:aws:sqs:eu-west-1:123456789012:x" is not the ARN of an SNS`: {"--ses-topic", "arn:aws:sqs:eu-west-1:123456789012:x"},
	} {
		in.flags = append([]string{"--db", filepath.Join(in.dir, "new.db"), "--smtp", "outbox:" + in.dir, "--listen", "127.0.0.1:0"}, flags...)
		out, err := in.run("serve")
		if digest.KindOf(err) != digest.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v\n%s", flags, err, out)
		}
	}
}
