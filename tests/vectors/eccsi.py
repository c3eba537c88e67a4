"""Known answers of ECCSI: RFC 6507 Appendix A, all of it but the curve, in hexadecimal."""

KSAK = "12345"
KPAK = (
    "0450d4670bde75244f28d2838a0d25558a7a72686d4522d4c8273fb6442aebfa93dbdd37551afd263b5dfd617f3960c6"
    "5a8c298850ff99f20366dce7d4367217f4"
)
IDENTITY = "323031312d30320074656c3a2b34343737303039303031323300"
"""The month 2011-02 and tel:+447700900123, a zero byte behind each."""
V = "23456"
"""The ephemeral of the KMS."""
PVT = (
    "04758a142779be89e829e71984cb40ef758cc4ad775fc5b9a3e1c8ed52f6fa36d9a79d247692f4eda3a6bdab77d6aa64"
    "74a464ae4934663c5265ba7018ba091f79"
)
HS = "490f3febbc1c902f6289723d7f8cbf79db88930849d19f38f0295b5c276c14d1"
SSK = "23f374ae1f4033f3e9dbddaaef20f4cf0b86bbd5a138a5ae9e7e006b34489a0d"
MESSAGE = "6d65737361676500"
"""The word message and a zero byte."""
J = "34567"
"""The ephemeral of the signer."""
R = "269d4c8fdeb66a74e4ef8c0d5dcc597ddfe6029c2affc4936008cd2cc1045d81"
"""Jx, too."""
HE = "111f90eae8271c96df9b3d6726768d9ee9b18145d7ec152cfa9c23d1c4f02285"
S = "e09b528d0ef8d6df1aa3ecbf80110cfcec9fc68252cebb679f4134846940ccfd"
"""s', too."""
SIGNATURE = (
    "269d4c8fdeb66a74e4ef8c0d5dcc597ddfe6029c2affc4936008cd2cc1045d81e09b528d0ef8d6df1aa3ecbf80110cfc"
    "ec9fc68252cebb679f4134846940ccfd04758a142779be89e829e71984cb40ef758cc4ad775fc5b9a3e1c8ed52f6fa36"
    "d9a79d247692f4eda3a6bdab77d6aa6474a464ae4934663c5265ba7018ba091f79"
)
Y = (
    "04833898d939c0013bb05027286f95cce037c11bd25799423c76e48362a495997895d0473a1cd6186ee9f0c104b47249"
    "9e1a24d6ce3d85173f02ebbd945c25f604"
)
"""[HS]PVT + KPAK, which the RFC computes on the way."""
J_POINT = (
    "04269d4c8fdeb66a74e4ef8c0d5dcc597ddfe6029c2affc4936008cd2cc1045d816dda6a1310f4b067bd5dabdad741b7"
    "cef36457e196b1bfa97fd5f8fbb3926adb"
)
