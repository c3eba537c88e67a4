"""A file of provisioning that makes sense, and servers for it."""

from pathlib import Path

GOOD = """\
idms: {admin: http://IDMS, token_file: FOLDER/idms.token}
cms: {admin: http://CMS, token_file: FOLDER/cms.token}
gms: {admin: http://GMS, token_file: FOLDER/gms.token}
services:
  ptt:
    ue_configuration: {domain: home.example}
  video: {}
users:
  alice:
    password_file: FOLDER/alice.password
    services: [ptt, video]
    profiles:
      ptt: {name: day, partner_groups: ["sip:border@partner.example"]}
      video: {}
  bob:
    val_user_id: bob.b
    password_file: FOLDER/alice.password
    services: [ptt]
    profiles: {ptt: {}}
groups:
  sip:fire@home.example:
    service: ptt
    administrators: [bob]
    members: [alice, bob]
    priority: 5
"""


def written(folder: Path, text: str = GOOD, **servers: str) -> Path:
    """Write it with these servers."""
    (folder / "alice.password").write_text("alice in wonderland\n")
    for name in ("idms", "cms", "gms"):
        text = text.replace(f"http://{name.upper()}", servers.get(name, "http://127.0.0.1:1"))
    (folder / "seal.yaml").write_text(text.replace("FOLDER", str(folder)))
    return folder / "seal.yaml"
