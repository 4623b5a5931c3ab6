import attr
import pydantic

from names import opening, pairs


@attr.s(auto_attribs=True)
class Point:
    x: int
    y: float = 2.5
    hidden: str = attr.ib(default="not in its repr", repr=False)


@attr.s(auto_attribs=True, slots=True)
class Slotted:
    name: str
    inner: Point


class Address(pydantic.BaseModel):
    street: str
    number: int = 5


class User(pydantic.BaseModel):
    name: str
    address: Address
    password: pydantic.SecretStr

    def __repr__(self):
        return "a user"


def values():
    point = Point(1)
    slotted = Slotted("s", point)
    user = User(name="Ada", address=Address(street="Main"), password="hunter2-secret")
    unset = Point(3)
    del unset.y
    return [
        ("attrs", point, [opening(point)[:-1] + " " + ", ".join(pairs(x=1, y=2.5)) + ">"]),
        ("attrs with slots", slotted, [opening(slotted), "name='s'", "inner=" + opening(point)]),
        ("attrs, one deleted", unset, ["x=3, y=NOTHING>"]),
        ("pydantic", user, [opening(user), "name='Ada'", "address=" + opening(user.address), "street='Main'", "number=5",
                            "password=" + opening(user.password)]),
    ]
