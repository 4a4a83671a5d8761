"""Forms of certificates and authorities: files of a few kilobytes, DER or PEM."""

from typing import Any

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.portal.frame.forms import Form

LARGEST_CERTIFICATE, LARGEST_LIST = 16_000, 20_000_000  # bytes
_FILE = {"data-drop": ""}


def small(upload: "File[bytes]", most: int) -> bytes:
    """Its content, or the form's refusal of what is no such file."""
    if upload.size is None or upload.size > most:
        raise forms.ValidationError(gettext("文件过大（最多 %(kb)s KB），这不是所要的文件") % {"kb": most // 1000})
    return bytes(upload.read(most))


class Binding(Form):
    certificate = forms.FileField(
        label=_("证书文件"),
        help_text=_("签名证书的 .cer / .crt / .pem（DER 或 PEM），不要上传私钥"),
        widget=forms.ClearableFileInput(attrs=_FILE),
    )
    person = forms.UUIDField(required=False, widget=forms.HiddenInput)
    system = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_certificate(self) -> bytes:
        content = small(self.cleaned_data["certificate"], LARGEST_CERTIFICATE)
        if b"PRIVATE KEY" in content:
            raise forms.ValidationError(gettext("文件里有私钥：平台不收也没有保存。请立即妥善处理这份文件，只上传证书"))
        return content


class Reason(Form):
    reason = forms.CharField(label=_("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class Anchor(Form):
    name = forms.CharField(label=_("签发机构名称"), max_length=120)
    certificate = forms.FileField(
        label=_("CA 证书文件"), help_text=_("根证书；或上级已在名单内的中间证书"), widget=forms.ClearableFileInput(attrs=_FILE)
    )

    def clean_certificate(self) -> bytes:
        return small(self.cleaned_data["certificate"], LARGEST_CERTIFICATE)


class List(Form):
    data = forms.FileField(  # type: ignore[assignment]  # what the service calls it, so that its faults land here
        label=_("吊销列表文件"), help_text=_(".crl（DER 或 PEM），最多 20 MB"), widget=forms.ClearableFileInput(attrs=_FILE)
    )

    def clean_data(self) -> Any:
        return small(self.cleaned_data["data"], LARGEST_LIST)
