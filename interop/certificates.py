"""Certificates for a run, made by openssl."""

from processes import run


class Authority:
    """A CA in a directory; what it issues lies beside it as NAME.crt, NAME.key and NAME.pem (both)."""

    def __init__(self, directory, name):
        self.directory, self.name = directory, name
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                     "-addext", "basicConstraints=critical,CA:TRUE",
                     "-keyout", f"{name}.key", "-out", f"{name}.crt")

    def openssl(self, *arguments):
        run(["openssl", *arguments], cwd=self.directory)

    def issue(self, name, subject, names, usage):
        (self.directory / f"{name}.ext").write_text(
            f"subjectAltName={names}\nextendedKeyUsage={usage}\nbasicConstraints=critical,CA:FALSE\n")
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", subject,
                     "-keyout", f"{name}.key", "-out", f"{name}.csr")
        self.openssl("x509", "-req", "-days", "1", "-in", f"{name}.csr", "-CA", f"{self.name}.crt",
                     "-CAkey", f"{self.name}.key", "-CAcreateserial", "-extfile", f"{name}.ext",
                     "-out", f"{name}.crt")
        (self.directory / f"{name}.pem").write_text(
            (self.directory / f"{name}.crt").read_text() + (self.directory / f"{name}.key").read_text())
