// A self-signed certificate with its key, made for one test and for the names it asks for.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace kosei::testing {

// Writes PEM files. `names` as OpenSSL's subjectAltName has them: "DNS:cmdb.example,IP:127.0.0.1".
inline void WriteCertificate(const std::string& certificate_file, const std::string& key_file,
                             const std::string& names) {
  const auto check = [](bool good) {
    if (!good) std::abort();
  };
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
  check(key != nullptr && certificate != nullptr);
  X509* const x509 = certificate.get();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), -3'600);
  X509_gmtime_adj(X509_getm_notAfter(x509), 86'400);
  X509_set_pubkey(x509, key.get());
  X509_NAME* const subject = X509_get_subject_name(x509);
  const auto* const common_name = reinterpret_cast<const unsigned char*>("kosei test");
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
  X509_set_issuer_name(x509, subject);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> alternatives(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()),
      &X509_EXTENSION_free);
  check(alternatives != nullptr && X509_add_ext(x509, alternatives.get(), -1) == 1);
  check(X509_sign(x509, key.get(), EVP_sha256()) > 0);

  std::FILE* const certificate_out = std::fopen(certificate_file.c_str(), "w");
  check(certificate_out != nullptr && PEM_write_X509(certificate_out, x509) == 1);
  check(std::fclose(certificate_out) == 0);
  std::FILE* const key_out = std::fopen(key_file.c_str(), "w");
  check(key_out != nullptr &&
        PEM_write_PrivateKey(key_out, key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  check(std::fclose(key_out) == 0);
}

}  // namespace kosei::testing
