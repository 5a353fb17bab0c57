<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use WHMCS\Database\Capsule;

/**
 * A new password for a client, who asks with WHMCS's own form. Sluice generates it, and what was typed into the form is not used: a
 * client could choose one that others guess.
 */
final class ClientPassword
{
    private const SET = [
        'tone' => 'success',
        'label' => 'New password',
        'text' => 'Keep it somewhere safe; what was typed into the form is not used.',
    ];
    private const PARTLY = [
        'tone' => 'warning',
        'label' => 'New password',
        'text' => 'Keep it somewhere safe; what was typed into the form is not used. Not all of the change could be finished: if this password stops working, change it once more.',
    ];
    private const IN_DOUBT = [
        'tone' => 'danger',
        'label' => 'Password to try',
        'text' => 'It is not known yet whether the password was replaced. Try this one, which is shown only now: if it does not work, the present one still does. In a few minutes, change it once more to be sure.',
    ];

    /** @var array<string, array{tone: string, label: string, password: string, text: string}> by the service's id in WHMCS, of this request */
    private static array $made = [];

    private readonly Service $service;
    private readonly Api $api;

    /**
     * @param array<array-key, mixed> $params the parameters of the module function
     *
     * @throws Refusal
     */
    public function __construct(private readonly array $params)
    {
        $this->service = Service::of($params);
        $this->api = new Api(Connection::ofServer($params));
    }

    /**
     * Replaces the password on the panel, and stores the new one with the service in WHMCS.
     *
     * @throws ApiError|Refusal
     */
    public function replace(): void
    {
        Owner::check($this->api, $this->service->path(), $this->service->client);
        $this->checkTerms();
        $shown = new Data([]);
        $store = function (Data $credentials) use (&$shown): void {
            $shown = $credentials;
            // Where the former password still holds, WHMCS must not lose it.
            if (!Credentials::areInDoubt($credentials)) {
                Credentials::store($this->params, $credentials);
            }
        };
        $isWhole = true;
        try {
            (new Commands($this->api, $this->service))->provision('change-password', ['client' => $this->service->client], $store);
        } catch (ApiError $error) {
            $isInDoubt = $error->isUnknown && !$error->isOfSluice();
            throw $isInDoubt ? new Refusal('Whether the password was changed is not known yet. Change it once more.', true) : $error;
        } catch (Refusal $refusal) {
            // A password that the panel may have is shown whatever else failed: the former one may be gone.
            if (!Credentials::areKnown($shown)) {
                throw $refusal;
            }
            $isWhole = false;
        }
        if (Credentials::areInDoubt($shown)) {
            throw $this->doubt($shown->text('password'));
        }
        if (Credentials::areKnown($shown)) {
            $this->keep();
        }
        $password = $shown->has('writtenTo') ? Credentials::written($this->service) : $shown->text('password');
        if ($password === '') {
            throw new Refusal('The password was replaced by a generated one. Please ask your provider for it.', true);
        }
        $this->show($password, $isWhole ? self::SET : self::PARTLY);
    }

    /**
     * Returns the password that was made for a service of WHMCS in this request, with what the client reads about it; null where none was.
     *
     * @return array{tone: string, label: string, password: string, text: string}|null
     */
    public static function made(string $service): ?array
    {
        return self::$made[$service] ?? null;
    }

    /** Shows a password that the account may have, and returns what WHMCS says about the change. */
    private function doubt(string $password): Refusal
    {
        $known = 'It is not known yet whether the password was replaced.';
        if ($password === '') {
            return new Refusal("$known In a few minutes, change it once more to be sure.", true);
        }
        $this->show($password, self::IN_DOUBT);
        return new Refusal("$known This page shows the one to try. In a few minutes, change it once more to be sure.", true);
    }

    /** @param array{tone: string, label: string, text: string} $words */
    private function show(string $password, array $words): void
    {
        self::$made[$this->service->number] = ['password' => $password] + $words;
    }

    /** @throws ApiError|Refusal */
    private function checkTerms(): void
    {
        $terms = new Data($this->api->get($this->service->path('/customer-fields')));
        if ($terms->isTrue('observing')) {
            throw new Refusal('Nothing of this service can be changed at present. Please ask your provider.', true);
        }
        if (!$terms->isTrue('password')) {
            throw new Refusal('The password of this service can\'t be changed here. Please ask your provider.', true);
        }
    }

    /** Has the password stay, whenever in this request WHMCS stores the one from its form. */
    private function keep(): void
    {
        $number = (int) $this->service->number;
        $stored = Capsule::table('tblhosting')->where('id', $number)->value('password');
        register_shutdown_function(static function () use ($number, $stored): void {
            Capsule::table('tblhosting')->where('id', $number)->update(['password' => $stored]);
        });
    }
}
