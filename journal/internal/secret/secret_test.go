package secret

import (
	"strings"
	"testing"
)

// keys look like secrets and are none.
var (
	github = "ghp_" + "0123456789abcdefABCDEF0123456789abcd"
	amazon = "AKIA" + "ABCDEFGHIJKLMNOP"
	jwt    = "eyJ" + "hbGciOiJIUzI1NiJ9." + "eyJ" + "zdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27uhbUJU1p1r"
	pemKey = "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END " + "RSA PRIVATE KEY-----"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"plain text: nothing", "plain text: nothing"},
		{"token=" + github, "token=[masked]"},
		{"see " + github + ", " + amazon, "see [masked], [masked]"},
		{jwt, "[masked]"},
		{"sk-" + strings.Repeat("a1", 16), "[masked]"},
		{"hf_" + strings.Repeat("aB", 10), "[masked]"},
		{"key:\n" + pemKey + "\nend", "key:\n[masked]\nend"},
		{"postgres://me:pa55@host/db", "postgres://me:[masked]@host/db"},
		{"https://example.org/a:b@c", "https://example.org/a:b@c"},
		{"https://user@host/x", "https://user@host/x"},
		{"password: hunter2", "password: [masked]"},
		{`{"api_key": "abc", "n": 1}`, `{"api_key": "[masked]", "n": 1}`},
		{"DB_PASSWORD='a b'", "DB_PASSWORD='[masked]'"},
		{"Authorization: Bearer abcdefghijkl", "Authorization: Bearer [masked]"},
		{"max_tokens=12 pad_token=<pad> tokenizer=bpe", "max_tokens=12 pad_token=<pad> tokenizer=bpe"},
		{"key=value", "key=value"},
		{"token=$TOKEN", "token=$TOKEN"},
		{"password=", "password="},
		{"the secret is out", "the secret is out"},
		{`{"default": "Server=x;User Id=sa;Password=abc;"}`, `{"default": "Server=x;User Id=sa;Password=[masked];"}`},
		{"net.kind=password=abc", "net.kind=password=[masked]"},
		{"PASSWORD=\nLEVEL=3", "PASSWORD=\nLEVEL=3"},
		{"//registry.npmjs.org/:_authToken=abc", "//registry.npmjs.org/:_authToken=[masked]"},
		{"a task-list, mask-rcnn and disk-based", "a task-list, mask-rcnn and disk-based"},
		{"sk-learn-compatible estimators", "sk-learn-compatible estimators"},
		{"curl -s -u me:hunter https://x.org", "curl -s -u me:[masked] https://x.org"},
		{"curl https://x.org \\\n  --user 'me:hunter'", "curl https://x.org \\\n  --user 'me:[masked]'"},
		{"curl -u me:$PASS -u me; x -u a:b", "curl -u me:$PASS -u me; x -u a:b"},
		{"mysqldump -u root -phunter db", "mysqldump -u root -p[masked] db"},
		{"mysql -u root -p db; mysql -p$PW; mysql --protocol=tcp", "mysql -u root -p db; mysql -p$PW; mysql --protocol=tcp"},
		{"sshpass -p hunter ssh x; docker login -u me -p hunter; redis-cli -a hunter ping", "sshpass -p [masked] ssh x; docker login -u me -p [masked]; redis-cli -a [masked] ping"},
		{"FROM x\n+ENV DB_PASSWORD hunter\nENV PATH /bin\nENV TOKEN $T", "FROM x\n+ENV DB_PASSWORD [masked]\nENV PATH /bin\nENV TOKEN $T"},
		{"pw=hunter DB_PASS=hunter n_pass=two pw=3 pwm=x", "pw=[masked] DB_PASS=[masked] n_pass=two pw=3 pwm=x"},
		{`{"auths": {"x.org": {"auth": "bWU6aHVudGVy"}}, "auth": "basic1"}`, `{"auths": {"x.org": {"auth": "[masked]"}}, "auth": "basic1"}`},
		{"//x.org/:_auth=bWU6aHVudGVy", "//x.org/:_auth=[masked]"},
	} {
		if got := Text(c.text); got != c.want {
			t.Errorf("Text(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestProse(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"The secret: keep the sign. password: hunter", "The secret: keep the sign. password: hunter"},
		{"token=" + github, "token=[masked]"},
		{"login with password=hunter22", "login with password=[masked]"},
		{"token: 17, api_key: 3 of 4", "token: 17, api_key: 3 of 4"},
		{"clone https://me:pa55@example.org/x", "clone https://me:[masked]@example.org/x"},
		{"The password is hunter22. The API key was 'a1b2c3d4'", "The password is [masked]. The API key was '[masked]'"},
		{"the password is required, the token is base64-encoded, the secret is 2026-11-28", "the password is required, the token is base64-encoded, the secret is 2026-11-28"},
	} {
		if got := Prose(c.text); got != c.want {
			t.Errorf("Prose(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestSource(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"+\ttoken := lexer.next()", "+\ttoken := lexer.next()"},
		{`+	apiKey := "abcdefgh"`, `+	apiKey := "[masked]"`},
		{`+const password = "` + "hunter22" + `" // x`, `+const password = "[masked]" // x`},
		{`+	token: "%s",`, `+	token: "%s",`},
		{`+os.environ['OPENAI_API_KEY'] = 'abcdefgh'`, `+os.environ['OPENAI_API_KEY'] = '[masked]'`},
		{`+client = Client(api_key='abcdefgh')`, `+client = Client(api_key='[masked]')`},
		{`+const Token string = "abcdefgh"`, `+const Token string = "[masked]"`},
		{`+token: str = "abcdefgh"`, `+token: str = "[masked]"`},
		{`+"login(token=\"abcdefgh\")\n"`, `+"login(token=\"[masked]\")\n"`},
		{`+	u := "` + github + `"`, `+	u := "[masked]"`},
	} {
		if got := Source(c.text); got != c.want {
			t.Errorf("Source(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestInFile(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"run.sh", "export API_KEY=abcdef", "export API_KEY=[masked]"},
		{"Dockerfile", "ARG TOKEN=abcdef", "ARG TOKEN=[masked]"},
		{"main.go", "token = abcdef", "token = abcdef"},
		{"notes.md", "the token: abcdef1, the secret: to go on", "the token: [masked], the secret: to go on"},
		{"app.conf.bak", "password = abcdef", "password = [masked]"},
	} {
		if got := InFile(c.name, c.text); got != c.want {
			t.Errorf("InFile(%q, %q) = %q, want %q", c.name, c.text, got, c.want)
		}
	}
}

func TestName(t *testing.T) {
	for name, want := range map[string]bool{
		"api_key": true, "apiKey": true, "APIKey": true, "OPENAI_API_KEY": true, "token": true, "hf_token": true, "githubToken": true, "password": true,
		"DBPassword": true, "db.password": true, "client-secret": true, "credentials": true, "aws_secret_access_key": true, "private_key": true,
		"tokens": false, "max_tokens": false, "tokenizer": false, "pad_token": false, "eosToken": false, "key": false, "monkey": false, "key_dim": false,
		"keys": false, "lr": false, "": false, "secretary": false, "token_dim": false, "passes": false, "compass": false,
	} {
		if got := Name(name); got != want {
			t.Errorf("Name(%q) = %v", name, got)
		}
	}
}

func TestFile(t *testing.T) {
	for name, want := range map[string]bool{
		".env": true, "deep/.env.local": true, "prod.env": true, "server.pem": true, "id_rsa": true, "home/.ssh/config": true, "secrets.yaml": true,
		"config/credentials.json": true, "token.txt": true, ".netrc": true, "hf-token": true, "key.go": false, "token.go": false, "internal/secret/secret.go": false,
		"prod.env.local": true, "kaggle.json": true, "wandb_key.txt": true, "api_keys": true, ".npmrc.bak": true, ".wandb/settings": true, "hotkey.txt": false, "keys.csv": false,
		"secrets/prod.yaml": true, ".env.example": false, "main.go": false, "data.csv": false, "tokenizer.json": false, "id_rsa.pub": false, "environment.yml": false, "C:\\x\\.env": true,
	} {
		if got := File(name); got != want {
			t.Errorf("File(%q) = %v", name, got)
		}
	}
}

func TestJSON(t *testing.T) {
	raw := `{"lr":0.1,"n":12345678901234567890,"api_key":"abc","db":{"url":"postgres://a:b@c/d"},"secret":{"a":"x","b":["y",2]},"auth":"bWU6aHVudGVy","pad_token":"<pad>"}`
	masked := string(JSON([]byte(raw)))
	for _, gone := range []string{"abc", ":b@", `"x"`, `"y"`, "bWU6"} {
		if strings.Contains(masked, gone) {
			t.Errorf("%s is in %s", gone, masked)
		}
	}
	for _, kept := range []string{"12345678901234567890", `"lr":0.1`, `"pad_token"`, "pad"} {
		if !strings.Contains(masked, kept) {
			t.Errorf("%s is not in %s", kept, masked)
		}
	}
	left, paths := Unmasked([]byte(masked))
	if got := strings.Join(paths, " "); got != "api_key auth db.url secret.a secret.b" || strings.Contains(string(left), Mask) || !strings.Contains(string(left), `"lr":0.1`) {
		t.Errorf("unmasked: %s of %s", left, got)
	}
	if same := `{"a": 1}`; string(JSON([]byte(same))) != same {
		t.Error("a JSON text without secrets changed")
	}
}

func TestArgs(t *testing.T) {
	args := []string{"prog", "run", "--token", "abc def", "--api-key=xyz uvw", "api_key=q", "--journal", "postgres://u:p@h/d", "--token", "--verbose", "lr=0.1", "password=1 2"}
	want := "prog run --token [masked] --api-key=[masked] api_key=[masked] --journal postgres://u:[masked]@h/d --token --verbose lr=0.1 password=[masked]"
	if got := strings.Join(Args(args), " "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func BenchmarkText(b *testing.B) {
	text := strings.Repeat("step 100: loss=1.25 bits/dim 3.49 in 0.2 s\n", 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Text(text)
	}
}
