"""What `identity` offers: the companies of the installation, its people and machines, their roles, sessions and keys.

It runs inside the gateway. Companies and people are those of the whole installation; roles and keys are given within
one company, that of the call.
"""

from datetime import datetime
from typing import Annotated, Literal

from marshmallow import fields, validate

from shared.contracts.common import ById
from shared.contracts.fields import PERSONAL, SECRET, Code, Currency, Id, Length, PlainText, Text, Version, Wire
from shared.contracts.message import Nothing, message
from shared.contracts.operations import PUBLIC, SESSION, SIGNED_IN, Contract
from shared.contracts.system import add_system_operations

CONTRACT = Contract("identity", "身份", "Identity")
add_system_operations(CONTRACT)

LongestPassword = 128
CompanyCode = Annotated[
    str,
    Wire(
        fields.String, {"validate": validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9\-]{0,15}\Z", error="not a company code")}
    ),
]
Login = Annotated[
    str, Wire(fields.String, {"validate": validate.Regexp(r"^[a-z0-9][a-z0-9._@\-]{0,63}\Z", error="not a login")})
]
NewPassword = Annotated[str, Wire(PlainText, {"most": LongestPassword, "least": 8}), SECRET]
Password = Annotated[str, Wire(PlainText, {"most": LongestPassword}), SECRET]
Scope = Annotated[
    str, Wire(fields.String, {"validate": validate.Regexp(r"^[a-z\-]{1,40}:[a-z\-]{1,23}\Z", error="not a scope")})
]
ZoneName = Annotated[
    str, Wire(fields.String, {"validate": validate.Regexp(r"^[A-Za-z0-9_+\-/]{1,64}\Z", error="not a time zone")})
]
DaysValid = Annotated[int, Wire(fields.Integer, {"strict": True, "validate": validate.Range(min=1, max=366)})]
Quota = Annotated[
    str,
    Wire(
        fields.String, {"validate": validate.Regexp(r"^(off|[1-9][0-9]{0,6}/(second|minute|hour))\Z", error="no rate")}
    ),
]
Locale = Literal["zh", "en"]
Kind = Literal["person", "machine"]

# ---- companies


@message
class RegisterCompany:
    """A company of the group. Its base currency and time zone are fixed from now on."""

    code: CompanyCode
    name: Text
    currency: Currency
    time_zone: ZoneName = "Asia/Shanghai"


@message
class CompanyView:
    """A company."""

    code: CompanyCode
    name: Text
    currency: Currency
    time_zone: ZoneName


register_company = CONTRACT.command(
    "register_company", "POST", "/companies", RegisterCompany, CompanyView,
    scope="identity:admin", zh="登记公司", en="Register a company", status=201, errors=("exists", "unknown_time_zone"),
)  # fmt: skip
list_companies = CONTRACT.list_of(
    "list_companies", "/companies", CompanyView, scope="identity:admin", zh="公司列表", en="Companies",
    filters={"code": "text"}, sorts=("code",),
)  # fmt: skip

# ---- people and machines


@message
class RegisterPerson:
    """Someone who may sign in, or a machine, which has keys and no password. `roles` are within this company."""

    login: Login
    name: Annotated[Text, PERSONAL]
    kind: Kind = "person"
    password: NewPassword | None = None
    locale: Locale = "zh"
    roles: Annotated[list[Code], Length(0, 20)] | None = None
    rate_limit: Quota | None = None


@message
class ChangePerson:
    """What is given replaces what was; who is not `active` can neither sign in nor use a key."""

    id: Id
    name: Annotated[Text, PERSONAL] | None = None
    locale: Locale | None = None
    active: bool | None = None
    rate_limit: Quota | None = None


@message
class PersonView:
    """A person or machine with the roles they have in this company. The login stays, as it stands in the records."""

    id: Id
    version: Version
    login: Login
    name: Annotated[Text, PERSONAL]
    kind: Kind
    locale: Locale
    active: bool
    rate_limit: Quota | None
    roles: Annotated[list[Code], Length(0, 20)]


@message
class RoleOf:
    """A role of a person in this company."""

    id: Id
    role: Code


register_person = CONTRACT.command(
    "register_person", "POST", "/people", RegisterPerson, PersonView, scope="identity:admin", zh="登记人员",
    en="Register a person or machine", status=201, errors=("exists", "unknown_role"),
)  # fmt: skip
change_person = CONTRACT.command(
    "change_person", "PATCH", "/people/{id}", ChangePerson, PersonView, scope="identity:admin", zh="变更人员",
    en="Change a person or machine", if_match=True, errors=("not_found", "stale_version", "forbidden"),
)  # fmt: skip
get_person = CONTRACT.query(
    "get_person", "/people/{id}", ById, PersonView,
    scope="identity:admin", zh="查看人员", en="A person or machine", errors=("not_found",),
)  # fmt: skip
list_people = CONTRACT.list_of(
    "list_people", "/people", PersonView, scope="identity:admin", zh="人员列表", en="People and machines",
    filters={"login": "text", "kind": "text", "active": "flag"}, sorts=("login",),
)  # fmt: skip
grant_role = CONTRACT.command(
    "grant_role", "POST", "/people/{id}/roles", RoleOf, PersonView, scope="identity:admin", zh="授予角色",
    en="Give a person a role in this company", errors=("not_found", "unknown_role"),
)  # fmt: skip
revoke_role = CONTRACT.command(
    "revoke_role", "POST", "/people/{id}/roles/{role}/revoke", RoleOf, PersonView, scope="identity:admin",
    zh="收回角色", en="Take a role in this company from a person", errors=("not_found",),
)  # fmt: skip

# ---- sessions


@message
class LogIn:
    """Proof of who one is."""

    login: Text
    password: Password


@message
class SessionOpened:
    """A session; `token` goes into `Authorization: Bearer` and is told this once."""

    id: Id
    login: Login
    token: Annotated[str, SECRET] | None
    expires_at: datetime


@message
class SessionEnded:
    """A session that is over."""

    id: Id
    ended_at: datetime


@message
class ChangePassword:
    """A new password; all other sessions of the person end."""

    current: Password
    new: NewPassword


@message
class MyCompany:
    """A company one has roles in."""

    code: CompanyCode
    name: Text
    roles: Annotated[list[Code], Length(0, 20)]


@message
class Me:
    """Who asks, in which company, and what that allows."""

    login: Login
    name: Text
    locale: Locale
    company: CompanyCode
    currency: Currency
    time_zone: ZoneName
    scopes: list[str]
    companies: list[MyCompany]


log_in = CONTRACT.command(
    "log_in", "POST", "/sessions", LogIn, SessionOpened, scope=PUBLIC, zh="登录", en="Sign in", status=201,
    key="none", errors=("wrong_credentials", "too_many_attempts"),
)  # fmt: skip
log_out = CONTRACT.command(
    "log_out", "POST", "/sessions/{id}/end", ById, SessionEnded,
    scope=SESSION, zh="退出", en="Sign out", errors=("not_found",),
)  # fmt: skip
change_password = CONTRACT.command(
    "change_password", "POST", "/me/password", ChangePassword, Nothing, scope=SESSION, zh="修改密码",
    en="Change one's password", key="none", errors=("wrong_credentials", "too_many_attempts"),
)  # fmt: skip
who_am_i = CONTRACT.query(
    "who_am_i", "/me", Nothing, Me, scope=SIGNED_IN, zh="我是谁", en="Who asks, and what they may do"
)

# ---- API keys


@message
class CreateApiKey:
    """A key for this company with some of its owner's scopes. Without `owner`, it is one's own."""

    name: Text
    scopes: Annotated[list[Scope], Length(1, 60)]
    days: DaysValid = 90
    owner: Login | None = None


@message
class ApiKeyView:
    """A key; `ending` are the last characters of its secret."""

    id: Id
    name: Text
    owner: Login
    scopes: Annotated[list[Scope], Length(1, 60)]
    ending: str
    expires_at: datetime
    revoked_at: datetime | None


@message
class ApiKeyCreated:
    """A new key; `secret` goes into `Authorization: Bearer` and is told this once."""

    id: Id
    name: Text
    owner: Login
    scopes: Annotated[list[Scope], Length(1, 60)]
    secret: Annotated[str, SECRET] | None
    expires_at: datetime


create_api_key = CONTRACT.command(
    "create_api_key", "POST", "/api-keys", CreateApiKey, ApiKeyCreated, scope=SESSION, zh="创建密钥",
    en="Make an API key", status=201, errors=("not_found", "forbidden", "scope_not_held"),
)  # fmt: skip
list_api_keys = CONTRACT.list_of(
    "list_api_keys", "/api-keys", ApiKeyView, scope=SIGNED_IN, zh="密钥列表",
    en="One's own API keys; all of the company's for an administrator", filters={"owner": "text"}, sorts=("id",),
)  # fmt: skip
revoke_api_key = CONTRACT.command(
    "revoke_api_key", "POST", "/api-keys/{id}/revoke", ById, ApiKeyView,
    scope=SIGNED_IN, zh="吊销密钥", en="Revoke an API key", errors=("not_found",),
)  # fmt: skip
